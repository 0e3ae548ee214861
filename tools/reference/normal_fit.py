#!/usr/bin/env python3
"""Finds the polynomials of Sources/CKernels/gelu.h: f(x) = 1/2 + x·P(2x²/b² − 1), |x| ≤ b, of the normal distribution
and of the slope of GELU; the least greatest error, by least squares whose weights follow the error (Lawson 1961).
Needs numpy."""

import math

import numpy as np
from numpy.polynomial import chebyshev

POINTS, ROUNDS = 6000, 200


def below(x):
    return 0.5 * math.erf(x / math.sqrt(2))


def slope(x):
    return below(x) + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def fit(function, bound, degree):
    x = bound * np.sin((np.arange(POINTS) + 0.5) / POINTS * np.pi / 2)
    wanted = np.array([function(value) for value in x])
    terms = chebyshev.chebvander(2 * x * x / bound**2 - 1, degree) * x[:, None]
    weights, best = np.ones_like(x), (math.inf, None)
    for _ in range(ROUNDS):
        found = np.linalg.lstsq(terms * weights[:, None], wanted * weights, rcond=None)[0]
        error = np.abs(terms @ found - wanted)
        if error.max() < best[0]:
            best = (error.max(), found)
        weights *= (error / error.max() + 1e-3) ** 0.3
        weights /= weights.mean()
    return best[0], chebyshev.cheb2poly(best[1])


WANTED = [
    ("gelu_of", below, 5.2, 13),
    ("gelu_of_coarse", below, 4.0, 7),
    ("gelu_slope", slope, 5.4, 15),
]
for name, function, bound, degree in WANTED:
    error, coefficients = fit(function, bound, degree)
    print(f"{name}: bound {bound}, error {error:.1e}; from the highest power")
    print("\n".join(f"  {value:.9e}f," for value in reversed(coefficients)))
