"""The first account of a county comes from the command line."""

import json


def test_the_first_account_comes_by_a_link_and_a_bad_role_leaves_nothing(real_home, tmp_path):
    new = {"BULOU_HOME": str(tmp_path / "new"), "BULOU_DATABASE_URL": ""}
    words = ("invite", "admin", "--title", "系统管理员", "--json", "--role")
    refused = real_home.bulou(*words, "king", **new)
    assert refused.returncode == 3 and "king" in refused.stderr
    made = real_home.bulou(*words, "system_admin", **new)
    assert made.returncode == 0, made.stderr
    answer = json.loads(made.stdout)
    assert answer["path"].startswith("/invitation/") and answer["role"] == "system_admin"
