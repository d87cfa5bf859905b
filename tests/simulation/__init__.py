"""Threadbook simulated: several processes, a database, Slack and the platforms in one thread, under a time of its own.

What runs is the real thing: desk, tracker, heart, store, courier, budget, with Slack's own client on top of a wire that
is played. A seed decides everything that chance decides elsewhere: who asks for what and when, how long each answer
takes, what fails, whose reply is lost, who is killed, stopped or restarted in the middle of what. The same number plays
the same story again, to the last line of its trace.

`python -m tests.simulation --seeds 1000` plays many; `--seed 4711 --trace` tells one.
"""
