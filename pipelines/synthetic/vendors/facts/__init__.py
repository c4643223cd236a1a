"""What the records of vendors say beside who they are about: amounts, days, answers, ballots, reasons.

One module a campaign table. All are drawn from the traits of the simulated people where there is one (`traits.py`).
"""
