"""Each method's grading as native formulas over lines of the model that people may change."""
