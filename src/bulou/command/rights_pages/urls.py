"""Getting in, one's own account, and the rights of others."""

from django.urls import path

from bulou.command.rights_pages import accounts, confirming, entry, hats, own, roles

urlpatterns = [
    path("login", entry.LogIn.as_view(), name="login"),
    path("second-factor", entry.second_factor, name="second_factor"),
    path("second-factor/new", entry.new_factor, name="factor_new"),
    path("second-factor/passkey", entry.passkey_options, name="passkey_options"),
    path("second-factor/passkey/shown", entry.passkey_shown, name="passkey_shown"),
    path("invitation/<str:secret>", entry.invitation, name="invitation"),
    path("account", own.account, name="account"),
    path("account/password", own.password, name="account_password"),
    path("account/log-ins/end", own.sign_out_others, name="log_ins_end"),
    path("account/log-ins/<int:id>/end", own.sign_out, name="log_in_end"),
    path("account/recovery-codes", own.recovery_codes, name="recovery_codes"),
    path("account/factors/<int:id>/remove", own.remove_factor, name="factor_remove"),
    path("account/passkey", own.new_passkey_options, name="passkey_new_options"),
    path("account/passkey/new", own.new_passkey, name="passkey_new"),
    path("hats", hats.hats, name="hats"),
    path("delegations", hats.delegations, name="delegations"),
    path("delegations/<int:id>/end", hats.end_delegation, name="delegation_end"),
    path("emergency", hats.emergency, name="emergency"),
    path("emergency/<int:id>/end", hats.end_emergency, name="emergency_end"),
    path("rights", accounts.accounts, name="rights"),
    path("rights/invite", accounts.invite, name="rights_invite"),
    path("rights/pending", confirming.pending, name="rights_pending"),
    path("rights/accounts/<int:id>", accounts.account, name="rights_account"),
    path("rights/accounts/<int:id>/grant", accounts.grant, name="rights_grant"),
    path("rights/accounts/<int:id>/shut", accounts.shut, name="rights_shut"),
    path("rights/accounts/<int:id>/reopen", accounts.reopen, name="rights_reopen"),
    path("rights/accounts/<int:id>/reset", accounts.reset_factors, name="rights_reset"),
    path("rights/accounts/<int:id>/worker", accounts.worker, name="rights_worker"),
    path("rights/accounts/<int:id>/link", accounts.link, name="rights_link"),
    path("rights/mandates/<int:id>/withdraw", accounts.withdraw, name="rights_withdraw"),
    path("rights/mandates/<int:id>/confirm", confirming.confirm, name="rights_confirm"),
    path("rights/roles", roles.roles, name="rights_roles"),
    path("rights/roles/<slug:code>", roles.role, name="rights_role"),
    path("rights/role-changes/<int:id>/decide", roles.decide, name="rights_role_decide"),
]
