"""How long customers stay, how often they order and what that is worth: models fitted to counts.

x is how many times a customer ordered again after the first order, t_x when the last of these was
and T how long the customer has been watched, both from the first order on, in days (or any other
unit: results do not depend on it). Orders of one day are one.

``learning`` fits what suits the data, ``predicting`` says what is to come, ``tracking`` what the
models make of the past.
"""
