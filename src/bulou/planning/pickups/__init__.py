"""Point-to-point pick-ups (点对点接返): which vehicle fetches whom, when, in what order.

task = Task(parties, vehicles, drivers, travel, rules)        # model
made = planning.plan(task, seconds=10)                        # or planning.first(task), at once
later = running.renew(changed_task, made, now)                # a late train, a new arrival
byhand = changing.move(task, made, "party", "driver")         # the duty desk knows better
wrong = checking.pickups.violations(task, later, before=made, now=now)
"""
