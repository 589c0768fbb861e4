"""The controls: what each keeps, where it lives, how it is switched off here, and which test then turns red.

`edits` are changes of one place in one file; each text stands there exactly once, or the run says so. Tests
are node ids below `src/bulou`, unless they begin with `tests/`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """One change of a file below `src/bulou`."""

    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Control:
    """One control: the promise of `trust.md` that it keeps, and its removal."""

    promise: str
    what: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]

    @property
    def files(self) -> list[str]:
        """Where it lives."""
        return list(dict.fromkeys(edit.file for edit in self.edits))


def control(promise: str, what: str, file: str, old: str, new: str, *tests: str) -> Control:
    """A control that one edit switches off."""
    return Control(promise, what, (Edit(file, old, new),), tests)


GIVING = "rights/tests/test_giving.py::"
ENTRY = "rights/tests/test_entry.py::"
DOOR = "command/rights_pages/tests/test_entry_pages.py::"
PAGES = "command/rights_pages/tests/test_rights_pages.py::"
MATRIX = "command/tests/test_matrix.py::"
CELL = "test_an_address_answers_every_role_scope_and_format_as_it_should"
PEOPLE = "people/tests/test_people.py"
ACTIONS = "monitoring/tests/test_actions.py::"
CASES = "monitoring/migrations/0001_initial.py"

CONTROLS = (
    control(
        "P1",
        "SQLite acknowledges nothing before it is on the disk",
        "kernel/sqlite.py",
        '"synchronous": "full"',
        '"synchronous": "normal"',
        "kernel/tests/test_database.py::test_the_settings_of_every_connection",
    ),
    control(
        "P2",
        "the same id with other content is refused",
        "kernel/events.py",
        "        return hashlib.blake2b(_canonical(content).encode(), digest_size=16).digest()",
        '        return hashlib.blake2b(b"", digest_size=16).digest()',
        "kernel/tests/test_events.py::test_the_same_id_with_other_content_is_refused_and_what_stands_stays",
    ),
    control(
        "P2",
        "the ledger is only added to",
        "kernel/migrations/0002_append_only.py",
        'forbid_change(editor, "kernel_event")',
        "pass",
        "kernel/tests/test_events.py::test_the_database_refuses_to_change_or_remove",
    ),
    control(
        "P3",
        "an unsafe build of SQLite is refused",
        "kernel/sqlite.py",
        "return version >= SAFE_FROM",
        "return True",
        "kernel/tests/test_database.py::test_an_unsafe_sqlite_is_refused_with_the_remedy",
    ),
    control(
        "P5",
        "a sheet as long as its format allows raises an alarm",
        "sheets/reading.py",
        "CUT_OFF = frozenset((65_536, 1_048_576))",
        "CUT_OFF = frozenset()",
        "sheets/tests/test_reading.py::test_a_sheet_of_as_many_rows_as_the_format_holds_raises_an_alarm",
    ),
    control(
        "P9",
        "a query about persons names its scope and its purpose",
        "people/queries.py",
        "    if not scope or not purpose:\n        raise SCOPE_MISSING.error()\n    known =",
        '    scope = scope or "1"\n    known =',
        PEOPLE,
    ),
    control(
        "P9",
        "a query about persons stays in its scope",
        "people/queries.py",
        'known.filter(codes.within("place", scope), merged_into__isnull=True)',
        "known.filter(merged_into__isnull=True)",
        PEOPLE,
    ),
    Control(
        "P9",
        "a place outside the scope is not found",
        (
            Edit("web/access.py", "    if not mandate.covers(code):\n        raise Http404\n", ""),
            Edit(
                "web/access.py",
                "[step for step in codes.path(code) if mandate.covers(step)]",
                "codes.path(code)",
            ),
        ),
        (f"{MATRIX}{CELL}[gaps]",),
    ),
    control(
        "P9",
        "a person outside the scope is not found",
        "command/persons/person.py",
        "    low, high = codes.scope(scope)\n    return low <= place < high",
        "    return True",
        f"{MATRIX}{CELL}[person]",
    ),
    control(
        "P9",
        "a page asks for its capability",
        "web/access.py",
        "            check_access(access, request.mandate)\n",
        "",
        f"{MATRIX}{CELL}[board]",
        f"{MATRIX}{CELL}[people]",
    ),
    control(
        "P9",
        "a page asks for a log-in",
        "web/access.py",
        "        @wraps(view)\n        @login_required\n        def inner(request: OfficeRequest,",
        "        @wraps(view)\n        def inner(request: OfficeRequest,",
        f"{MATRIX}{CELL}[people]",
    ),
    control(
        "P9",
        "a view that does not say what it asks for fails the build",
        "web/access.py",
        "        inner.access = access  # type: ignore[attr-defined]\n",
        "",
        f"{MATRIX}test_every_address_says_what_it_asks_for_and_has_a_sample",
    ),
    control(
        "P9",
        "a program stays in the scope of its token",
        "sync/intake.py",
        "if line.found is None or not line.found.place.startswith(scope):",
        "if line.found is None:",
        "sync/tests/test_intake.py::test_what_lies_outside_the_scope_reads_like_what_does_not_exist",
    ),
    control(
        "P10",
        "what names a person is encrypted",
        "kernel/seal.py",
        "return version + nonce + encrypt(nonce, to_json(content), version)",
        "return version + nonce + to_json(content)",
        "kernel/tests/test_seal.py",
    ),
    control(
        "P10",
        "an equality look-up hangs on a key",
        "kernel/seal.py",
        "hashlib.blake2b(digest_size=LOOKUP, key=keys().lookup, person",
        "hashlib.blake2b(digest_size=LOOKUP, person",
        "kernel/tests/test_seal.py::test_look_ups_hang_on_the_key",
    ),
    control(
        "P11",
        "identity numbers are masked",
        "people/queries.py",
        """    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}" if len(number) > 8""",
        "    return number if number",
        PEOPLE,
        f"{MATRIX}{CELL}[person]",
    ),
    control(
        "P11",
        "a full value is shown for a reason only",
        "people/lookups.py",
        "    if len(reason.strip()) < 4:\n        raise REASON_MISSING.error()\n",
        "",
        PEOPLE,
    ),
    control(
        "P11",
        "each look at a full value is recorded",
        "people/lookups.py",
        "            UNMASKED,\n            by=by,",
        '            "people.seen",\n            by=by,',
        PEOPLE,
    ),
    control(
        "P11",
        "looks at night are shown to the privacy officer",
        "command/audit_pages/queries.py",
        "NIGHT_BEGINS, NIGHT_ENDS = 22, 6",
        "NIGHT_BEGINS, NIGHT_ENDS = 25, 0",
        "command/audit_pages/tests/test_audit_pages.py"
        "::test_many_in_a_day_at_night_and_far_away_are_listed_with_their_reason",
    ),
    control(
        "P12",
        "passwords are kept by argon2",
        "config/settings.py",
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "web/tests/test_frame.py::test_passwords_are_kept_by_argon2",
    ),
    control(
        "P12",
        "wrong passwords lock",
        "config/settings.py",
        '    "axes.backends.AxesStandaloneBackend",\n',
        "",
        f"{DOOR}test_a_wrong_password_locks_by_user_and_place_and_says_how_long",
    ),
    control(
        "P12",
        "wrong codes lock",
        "command/rights_pages/entry.py",
        "    user_login_failed.send(__name__, credentials=_who(request), request=request)\n",
        "",
        f"{DOOR}test_wrong_codes_lock_like_wrong_passwords",
    ),
    control(
        "P12",
        "who sees a township shows a second factor",
        "web/access.py",
        "            if owes_factor(request, request.mandate):\n"
        "                return to_second_factor(request)\n",
        "",
        f"{DOOR}test_who_sees_a_township_makes_a_second_factor_first",
    ),
    control(
        "P12",
        "whoever has a second factor cannot put another in its place without it",
        "command/rights_pages/entry.py",
        "    if request.session.get(factors.VERIFIED) != factors.SHOWN and factors.in_force(user).exists():\n"
        '        return HttpResponseRedirect(_with_next("second_factor", request))\n',
        "",
        f"{DOOR}test_whoever_has_a_second_factor_shows_it_at_every_log_in",
    ),
    control(
        "P12",
        "a code is taken once",
        "rights/factors.py",
        "        if step > after:",
        "        if step > 0:",
        f"{ENTRY}test_a_code_is_taken_once_and_the_secret_is_sealed",
    ),
    control(
        "P12",
        "the session has a new key once the second factor was shown",
        "rights/log_ins.py",
        "    request.session.cycle_key()\n",
        "",
        f"{DOOR}test_whoever_has_a_second_factor_shows_it_at_every_log_in",
    ),
    control(
        "P12",
        "a shared phone is out after half an hour",
        "rights/log_ins.py",
        "    request.session.set_expiry(int(SHARED_IDLE.total_seconds()))\n",
        "",
        f"{DOOR}test_a_shared_phone_is_out_after_half_an_hour_without_use",
    ),
    control(
        "P12",
        "a device is signed out from afar",
        "rights/log_ins.py",
        "        store(one.session).delete()",
        "        store(one.session)",
        f"{DOOR}test_a_device_is_signed_out_from_afar_and_only_ones_own",
    ),
    Control(
        "P12",
        "an invitation works once",
        (
            Edit(
                "rights/invitations.py",
                "filter(digest=_digest(secret), used_at__isnull=True, ends_at__gt=clock.now())",
                "filter(digest=_digest(secret), ends_at__gt=clock.now())",
            ),
            Edit(
                "rights/invitations.py",
                "(pk=invitation.pk, used_at__isnull=True).update(",
                "(pk=invitation.pk).update(",
            ),
        ),
        (f"{ENTRY}test_an_invitation_works_once_and_sets_the_password",),
    ),
    control(
        "P12",
        "of a link only a digest is kept",
        "rights/invitations.py",
        '    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()',
        "    return secret",
        f"{ENTRY}test_an_invitation_ends_and_only_its_digest_is_kept",
    ),
    control(
        "P13",
        "logs do not say what an exception says",
        "config/logs.py",
        '        event["exception"] = "".join(traceback.format_tb(told[2])) + told[0].__name__',
        '        event["exception"] = "".join(traceback.format_tb(told[2])) + repr(told[1])',
        "config/tests/test_logs.py::test_the_words_of_an_exception_are_not_told_but_where_it_came_from_is",
    ),
    control(
        "P13",
        "logs do not say the address of a refused request",
        "config/logs.py",
        '    if record.name == "django.request":',
        '    if record.name == "":',
        "config/tests/test_logs.py::test_the_address_of_a_refused_request_is_not_told",
    ),
    control(
        "P13",
        "every stored field has a privacy class",
        "rights/models/entry.py",
        '        "digest": Privacy.PUBLIC,\n',
        "",
        "kernel/tests/test_privacy.py::test_every_field_of_bulou_has_its_class",
    ),
    control(
        "P14",
        "reading a workbook has a limit of memory",
        "sheets/worker.py",
        "    _bound(resource.RLIMIT_AS, started_with + limits.memory)\n",
        "",
        "sheets/tests/test_worker.py::test_a_job_is_done_within_its_limits",
        "sheets/tests/test_child.py::test_a_small_file_that_asks_for_549_gigabytes",
    ),
    control(
        "P14",
        "a file above the limit of size is not opened",
        "sheets/child.py",
        "    if size > limits.file_bytes:",
        "    if size < 0:",
        "sheets/tests/test_child.py::test_a_file_that_is_missing_or_too_big_is_not_opened",
    ),
    Control(
        "P14",
        "no cell of a workbook becomes a formula",
        (
            Edit("sheets/writing.py", '"strings_to_formulas": False', '"strings_to_formulas": True'),
            Edit(
                "sheets/writing.py",
                "sheet.write_string(row, place, value, look)",
                "sheet.write(row, place, value, look)",
            ),
        ),
        ("sheets/tests/test_writing.py::test_nothing_becomes_a_formula",),
    ),
    control(
        "P14",
        "no cell of a text file becomes a formula",
        "command/exports/writers.py",
        """return f"'{text}" if text.startswith(FORMULA_STARTS) else text""",
        "return text",
        "command/exports/tests/test_exports.py::test_no_cell_of_a_csv_begins_a_formula",
    ),
    control(
        "P15",
        "a restriction has a legal ground (database)",
        CASES,
        'condition=models.Q(("ground", ""), _negated=True)',
        'condition=models.Q(("ground", "-"), _negated=True)',
        f"{ACTIONS}test_the_database_itself_refuses_a_case_without_it",
    ),
    control(
        "P15",
        "a restriction has evidence about this person (database)",
        "monitoring/migrations/0002_evidence_sealed.py",
        'GreaterThan(Length("evidence_sealed"), 40)',
        'GreaterThan(Length("evidence_sealed"), 0)',
        f"{ACTIONS}test_the_database_itself_refuses_a_case_without_evidence",
    ),
    control(
        "P15",
        "a restriction says how to appeal (database)",
        CASES,
        'condition=models.Q(("appeal", ""), _negated=True)',
        'condition=models.Q(("appeal", "-"), _negated=True)',
        f"{ACTIONS}test_the_database_itself_refuses_a_case_without_it",
    ),
    control(
        "P16",
        "an end of a restriction asks for the right to decide",
        "command/persons/case_views.py",
        "@office(Capability.SEE_PERSONS, Capability.DECIDE_CASES)",
        "@office(Capability.SEE_PERSONS)",
        "command/persons/tests/test_person_page.py::test_who_decides_no_cases_ends_none",
    ),
    control(
        "P16",
        "only the entitled release",
        "monitoring/permissions.py",
        "    if not may_release(by=by, case=case):",
        "    if False:",
        "command/persons/tests/test_person_page.py::test_who_is_not_entitled_cannot_release",
        "monitoring/tests/test_actions.py",
    ),
    control(
        "P18",
        "an emergency is not held up by the second factor",
        "rights/factors.py",
        "mandate.is_wide and not mandate.is_emergency",
        "mandate.is_wide",
        f"{DOOR}test_an_emergency_opens_the_township_for_an_hour",
    ),
    control(
        "P18",
        "an emergency ends within the hour",
        "rights/emergencies.py",
        "LONGEST = timedelta(minutes=60)",
        "LONGEST = timedelta(minutes=6000)",
        f"{GIVING}test_an_emergency_widens_to_the_township_for_an_hour_at_most",
    ),
    control(
        "P18",
        "an emergency is reviewed by the privacy officer",
        "rights/emergencies.py",
        "    if not by.may(Capability.AUDIT) or verdict is Hands.ONE:",
        "    if verdict is Hands.ONE:",
        f"{GIVING}test_the_privacy_officer_reviews_an_emergency_once_and_says_what",
    ),
    control(
        "P18",
        "nobody reviews their own emergency, by whatever log-in",
        "rights/emergencies.py",
        " or verdict is Hands.ONE:",
        ":",
        f"{GIVING}test_nobody_reviews_what_they_took_by_another_log_in",
    ),
    control(
        "four eyes",
        "a grave role waits for a second person",
        "rights/giving.py",
        "            awaits=is_grave(capabilities_of(role)),",
        "            awaits=False,",
        f"{GIVING}test_a_plain_role_runs_at_once_and_a_grave_one_only_when_another_confirms",
    ),
    control(
        "four eyes",
        "the second person is another",
        "rights/giving.py",
        "    if verdict is Hands.ONE or also in accounts_behind(second.actor):",
        "    if False:",
        f"{GIVING}test_whoever_it_is_about_confirms_nothing",
    ),
    control(
        "four eyes",
        "the second person is another (database)",
        "rights/migrations/0003_entry.py",
        '("confirmed_by", models.F("granted_by"))',
        '("confirmed_by", models.F("reason"))',
        f"{GIVING}test_the_database_too_wants_another_to_confirm",
    ),
    control(
        "four eyes",
        "a role is changed by two",
        "rights/changing.py",
        "        giving.check_second(found.asked_by, second.scope, second, first_at=found.asked_at)\n",
        "",
        f"{GIVING}test_a_role_is_changed_by_two_after_its_effect_was_shown",
    ),
    control(
        "four eyes",
        "a log-in and a program of one person are one hand",
        "rights/hands.py",
        "    if any(_shared(one, other) for one, other in pairs):",
        "    if False:",
        "rights/tests/test_hands.py",
    ),
    control(
        "four eyes",
        "who cannot be told is no second hand",
        "rights/hands.py",
        "Hands.TWO if pairs and all(_told_apart(one, other) for one, other in pairs) else Hands.UNKNOWN",
        "Hands.TWO",
        "rights/tests/test_hands.py",
        "obligations/tests/test_drafts.py::test_one_human_is_one_hand_however_the_actor_is_written",
    ),
    control(
        "four eyes",
        "a directive is signed by another than its drafter",
        "obligations/drafts.py",
        "    if verdict is Hands.ONE:",
        "    if False:",
        "obligations/tests/test_drafts.py::test_the_drafter_cannot_sign",
    ),
    control(
        "scope creep",
        "who manages rights or audits sees no persons",
        "rights/giving.py",
        "        if {one.value, other.value} <= capabilities:",
        "        if False:",
        f"{GIVING}test_who_manages_or_audits_sees_no_persons",
    ),
    control(
        "scope creep",
        "nobody gives beyond the own scope",
        "rights/giving.py",
        "    if not giver.covers(scope):\n        raise BEYOND_SCOPE.error()\n",
        "",
        f"{GIVING}test_nobody_gives_beyond_what_is_his",
    ),
    control(
        "scope creep",
        "a delegation ends with its source",
        "rights/mandates.py",
        '    source = Q(delegated_from__isnull=True) | _in_force("delegated_from__", moment)',
        "    source = Q()",
        f"{GIVING}test_a_delegation_ends_when_the_post_of_its_source_changes_hands",
    ),
    control(
        "scope creep",
        "a mandate of a post ends with the holding",
        "rights/mandates.py",
        "    return _runs(prefix, moment) & standing & by_post",
        "    return _runs(prefix, moment) & standing",
        "rights/tests/test_mandates.py::test_a_mandate_of_a_post_runs_while_the_post_is_held",
    ),
    control(
        "P11",
        "what is sealed of a journey opens with a reason that is recorded",
        "command/arrivals/looks.py",
        "    check_reason(reason)\n",
        "",
        "command/arrivals/tests/test_journey_page.py::test_what_is_sealed_opens_with_a_reason_that_is_recorded",
    ),
    control(
        "P16",
        "nobody decides about a person whose evidence they have not opened",
        "command/arrivals/decision_views.py",
        "    if not seen:\n        raise deciding.NOT_LOOKED_AT",
        "    if False:\n        raise deciding.NOT_LOOKED_AT",
        "command/arrivals/tests/test_decisions.py::"
        "test_the_evidence_opens_with_a_reason_before_anybody_decides",
    ),
    control(
        "P16",
        "another measure than the directive's is decided with a reason",
        "command/arrivals/deciding.py",
        "and len(said) < LEAST_WORDS:",
        "and False:",
        "command/arrivals/tests/test_decisions.py::test_another_rule_needs_a_reason",
    ),
    control(
        "P11",
        "an import shows a township nothing of what others said of a journey elsewhere",
        "arrivals/sheet_telling.py",
        "if len(shown) < SHOWN and context.covers(journey.place):",
        "if len(shown) < SHOWN:",
        "arrivals/tests/test_arrivals_sheet.py::"
        "test_what_another_townships_journey_says_is_not_shown_to_a_township",
    ),
    control(
        "P16",
        "a row is told that the measure in a list decides nothing",
        "arrivals/sheet_rows.py",
        "            self.context.ignored(row.batch, row.at, said, MEASURE_IS_WORDS.code)",
        "            pass",
        "arrivals/tests/test_arrivals_sheet.py::"
        "test_what_the_list_says_of_measures_decides_nothing_and_the_row_is_told",
    ),
    control(
        "P16",
        "whoever is not found stays somebody's",
        "arrivals/lead_answers.py",
        "    if outcome == Outcome.NOT_FOUND:",
        "    if False:",
        "arrivals/tests/test_leads.py::"
        "test_who_is_not_found_stays_open_with_an_owner_until_the_search_is_settled",
    ),
    control(
        "P15",
        "a journey's end lifts no measure without the right to decide",
        "command/arrivals/acts.py",
        "    if is_decision(journey, reason) and not done.mandate.may(Capability.DECIDE_CASES):",
        "    if False:",
        "command/arrivals/tests/test_journey_page.py::test_who_decides_nothing_releases_nobody",
    ),
    control(
        "P9",
        "a side of a hand-over is told only for a post of one's own places",
        "command/arrivals/acts.py",
        "    if mine is None or not done.mandate.covers(mine.place):",
        "    if mine is None:",
        "command/arrivals/tests/test_journey_page.py::test_a_side_is_told_only_for_a_post_of_ones_own_places",
    ),
    control(
        "P11",
        "who was in a risk area is opened only by those who decide about people",
        "command/arrivals/area_views.py",
        "        check_may(request.mandate, needed)\n",
        "        pass\n",
        "command/arrivals/tests/test_areas_pages.py::test_who_decides_nothing_sees_no_more_than_how_many",
    ),
    control(
        "P9",
        "the county alone changes risk areas",
        "command/arrivals/areas.py",
        "    if not power.is_of_county:",
        "    if False:",
        "command/api/tests/test_arrivals.py::test_only_the_county_records_areas",
    ),
    control(
        "scope creep",
        "an export of the audit chain names its purpose",
        "command/audit_pages/views.py",
        "    if len(purpose) < 4:",
        "    if False:",
        "command/audit_pages/tests/test_audit_pages.py::test_an_export_names_its_purpose_and_holds_no_formula",
    ),
    control(
        "P23",
        "each line of the audit chain hangs on the one before",
        "kernel/audit.py",
        "        if line.previous != previous or not _is_whole(line, is_old):",
        "        if not _is_whole(line, is_old):",
        "kernel/tests/test_audit.py",
    ),
    control(
        "P23",
        "a changed line of the audit chain is found",
        "kernel/audit.py",
        "        if line.previous != previous or not _is_whole(line, is_old):",
        "        if line.previous != previous:",
        "kernel/tests/test_audit.py",
    ),
    control(
        "P10",
        "a key file from before the last rotation of look-ups is named",
        "kernel/lookups.py",
        "    if there > here:",
        "    if there < here:",
        "command/keeping/tests/test_lookups.py::test_a_key_file_from_before_is_named",
    ),
    control(
        "P21",
        "words in the audit chain stand sealed, behind a commitment with a salt",
        "kernel/reasons.py",
        "salt = os.urandom(SALT)",
        "salt = bytes(SALT)",
        "kernel/tests/test_audit.py",
    ),
    control(
        "P23",
        "words put in the place of others are found",
        "kernel/reasons.py",
        'commitment(held["words"], bytes.fromhex(held["salt"])) == line.commitment',
        "bool(held)",
        "kernel/tests/test_audit.py",
    ),
    control(
        "P24",
        "pages allow nothing from elsewhere and nothing inline",
        "config/settings.py",
        '"script-src": ["\'self\'"]',
        '"script-src": ["\'self\'", "\'unsafe-inline\'"]',
        "web/tests/test_frame.py::test_pages_allow_nothing_from_elsewhere_and_nothing_inline",
    ),
)


def table() -> list[str]:
    """The rows of `docs/controls.md`."""
    return [
        f"| {one.promise} | {one.what} | {', '.join(f'`{name}`' for name in one.files)}"
        f" | {'<br>'.join(f'`{test}`' for test in one.tests)} |"
        for one in CONTROLS
    ]
