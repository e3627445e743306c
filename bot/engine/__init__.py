"""One owner moves a turn to its end.

`worker` claims work and gives it back, `execution` is the straight line through all states of a
turn. `run_creation` creates at most one paid run, `run_completion` waits for its end,
`quick_answer` is the Chat API's way; `poster` posts each message once, `delivery` the ending;
`jobs` are what happens beside and afterwards.
"""
