"""How the proof judges: formulas as trees, their values with a bound of their error, the verdict and its report."""
