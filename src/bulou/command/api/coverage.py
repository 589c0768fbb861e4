"""Which operation of the API does what each page of the office does; or why a program has no use for it.

The build fails for a page that stands in neither list, so that the API can do what the office can.
"""

from __future__ import annotations

from collections.abc import Iterator

OPERATIONS: dict[str, tuple[str, ...]] = {
    "board": ("read_balance", "read_history"),
    "board_live": ("read_balance",),
    "board_hour": ("read_hour",),
    "duties": ("list_duties",),
    "gaps": ("read_gaps",),
    "gap": ("read_gap",),
    "gap_call": ("note_call",),
    "gap_later": ("postpone_gap",),
    "gap_hand": ("hand_gap",),
    "gap_back": ("take_back_gap",),
    "gap_done": ("enter_evidence",),
    "gaps_bulk_do": ("note_call", "postpone_gap", "hand_gap"),
    "unknown": ("read_gaps",),
    "look_unknown": ("look_at_unknown",),
    "settle_unknown": ("settle_unknown",),
    "search": ("search_everything",),
    "people": ("list_cases", "list_persons", "search_everything"),
    "person": ("read_person", "read_case", "list_duties"),
    "unmask": ("unmask_person",),
    "release_note": ("fetch_release_note",),
    "release": ("release_case",),
    "correct": ("receive_events",),
    "end_case": ("end_case",),
    "rights": ("list_accounts",),
    "rights_invite": ("invite_account",),
    "rights_pending": ("list_waiting_mandates", "list_role_changes"),
    "rights_account": ("read_account",),
    "rights_grant": ("give_mandate",),
    "rights_worker": ("set_account_worker",),
    "rights_shut": ("shut_account",),
    "rights_reopen": ("reopen_account",),
    "rights_reset": ("reset_factors",),
    "rights_link": ("renew_invitation",),
    "rights_withdraw": ("withdraw_mandate",),
    "rights_confirm": ("confirm_mandate", "refuse_mandate"),
    "rights_roles": ("list_roles",),
    "rights_role": ("read_role", "preview_role_change", "ask_role_change"),
    "rights_role_decide": ("decide_role_change",),
    "audit": ("list_audit", "list_unusual_looks"),
    "audit_check": ("check_audit",),
    "audit_export": ("list_audit",),
    "audit_looks": ("list_audit",),
    "audit_reviews": ("list_emergencies",),
    "audit_review": ("review_emergency",),
    "imports": ("send_workbook", "list_workbooks"),
    "upload": ("read_workbook", "list_problems", "list_row_changes"),
    "upload_kind": ("choose_kind",),
    "upload_mend": ("mend_cells",),
    "upload_confirm": ("confirm_import",),
    "upload_discard": ("discard_workbook",),
    "upload_problems": ("fetch_problems",),
    "import_runs": ("list_imports",),
    "import_run": ("read_import", "list_import_problems"),
    "import_undo": ("undo_import",),
    "jobs": ("list_jobs",),
    "job": ("read_job",),
    "exports": ("list_exports",),
    "export_new": ("list_lists", "ask_export"),
    "export": ("read_export",),
    "export_file": ("fetch_export",),
    "places": ("list_places",),
    "place": ("read_place", "read_place_contents"),
    "place_change": (
        *("rename_place", "name_place_also", "count_gates", "move_place", "merge_place", "split_place"),
        *("retire_place", "bring_back_place"),
    ),
    "households": ("list_households",),
    "household": ("read_household", "add_member"),
    "resident": (
        *("correct_person", "set_needs", "move_person"),
        *("person_left", "person_died", "person_came_back"),
    ),
    "duplicates": ("list_duplicates",),
    "duplicate": ("read_duplicate", "decide_duplicate"),
    "posts": ("list_posts",),
    "post": ("read_post",),
    "post_handover": ("hand_over_post", "read_handover_conflicts"),
    "post_deputy": ("deputise_post",),
    "post_vacate": ("leave_post",),
    "handovers": ("list_handovers",),
    "handover_seen": ("see_handover",),
    "workers": ("list_workers",),
    "worker_new": ("add_worker",),
    "worker": ("read_worker",),
    "worker_edit": ("correct_worker",),
    "worker_leave": ("leave_all_posts",),
    "worker_merge": ("merge_workers",),
    "worker_split": ("split_workers",),
    "organisations": ("list_organisations", "add_organisation", "correct_organisation"),
    "directives": ("list_directives", "list_orders"),
    "directive_new": ("draft_order", "preview_order"),
    "directive": ("read_order", "read_order_preview"),
    "directive_sign": ("sign_order",),
    "directive_reject": ("reject_order",),
    "directive_withdraw": ("withdraw_order",),
    "directive_paper": ("fetch_order_paper",),
    "requests": ("list_requests",),
    "request": ("read_request", "answer_request"),
    "resident_link": ("read_link", "make_link", "free_link", "withdraw_link"),
    "resident_ask": ("write_request_down",),
    "resident_paper": ("fetch_resident_paper",),
    "arrivals": ("list_arrivals",),
    "arrival": ("read_arrival",),
    "arrival_look": ("look_at_arrival",),
    "arrival_act": (
        *("redate_arrival", "redirect_arrival", "give_arrival", "take_arrival"),
        *("end_arrival", "withdraw_side", "explain_break"),
    ),
    "arrival_new": ("register_arrival",),
    "me_coming": ("register_arrival",),
    "arrival_decisions": ("list_questions",),
    "arrival_decision": ("look_at_evidence", "decide_question"),
    "arrival_decide_several": ("decide_question",),
    "risk_areas": ("list_risk_areas",),
    "risk_area": ("list_risk_areas", "record_risk_areas"),
    "risk_area_new": ("preview_risk_areas", "record_risk_areas"),
}
"""By the name of the page's address."""

A_LOG_IN = "of a log-in: a program has a token, which is made, ended and bounded by who keeps the server"
A_PERSON = "taken or passed on by a person under a mandate; a program gets a token of its own instead"
A_PICTURE = "a picture of what `read_balance` answers, for a chat or a wall"
THE_KEEPER = "what `bulou purge`, `backup`, `rehearse` and `doctor` say to whoever keeps the server"
THE_FRAME = "of the page alone: how it looks in this browser"
THE_RESIDENT = "the resident's own page: the link and what only the resident knows open it, no token does"

NOT_FOR_PROGRAMS: dict[str, str] = {
    "healthz": "open to everybody, with or without a token",
    "metrics": "has a token of its own kind, for who measures",
    **dict.fromkeys(("language", "theme", "kit", "kit_echo"), THE_FRAME),
    **dict.fromkeys(("board_png", "board_pdf", "board_text"), A_PICTURE),
    "gaps_bulk": "the look before many acts at once: a program asks `read_gaps` and knows what it sends",
    "keep_view": "a view is the filters of a list under a name: a program keeps its own questions",
    "remove_view": "see `keep_view`",
    "export_print": "a page to print: a program takes the same list as a workbook or CSV",
    **dict.fromkeys(
        (
            *("login", "logout", "second_factor", "factor_new", "passkey_options", "passkey_shown"),
            *("invitation", "account", "account_password", "log_ins_end", "log_in_end", "recovery_codes"),
            *("factor_remove", "passkey_new_options", "passkey_new"),
        ),
        A_LOG_IN,
    ),
    **dict.fromkeys(("keeping", "keeping_proof"), THE_KEEPER),
    **dict.fromkeys(("hats", "delegations", "delegation_end", "emergency", "emergency_end"), A_PERSON),
    **dict.fromkeys(
        ("me", "me_open", "me_ask", "me_back", "me_paper", "me_release", "me_end", "me_leave"), THE_RESIDENT
    ),
}
"""Pages that no operation stands for, and why."""


def lines() -> Iterator[str]:
    """The table of `docs/api/office.md`."""
    yield "What each page of the office does, and the operation of the API that does the same. A page that"
    yield "stands in neither table fails the build (`src/bulou/command/api/tests/test_coverage.py`)."
    yield from ("", "| page or act | operations |", "| --- | --- |")
    for name, operations in OPERATIONS.items():
        yield f"| {name} | {', '.join(f'`{one}`' for one in operations)} |"
    yield from ("", "| page or act | why a program has no use for it |", "| --- | --- |")
    for name, why in NOT_FOR_PROGRAMS.items():
        yield f"| {name} | {why} |"
