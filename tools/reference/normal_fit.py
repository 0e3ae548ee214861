#!/usr/bin/env python3
"""Finds P and Q of Φ(x) = 1/2 + x·P(x²)/Q(x²), |x| ≤ 5.6, Q(0) = 1, both of degree 5, for Sources/CKernels/kernels.c:
the least greatest error, by least squares whose weights follow the error (Lawson 1961). Needs numpy."""

import math

import numpy as np

BOUND, DEGREE, POINTS, ROUNDS = 5.6, 5, 4000, 200

x = np.unique(np.concatenate([np.linspace(1e-4, BOUND, POINTS), BOUND * np.cos(np.linspace(0, np.pi / 2, POINTS))]))
x = np.clip(x, 1e-4, BOUND)
wanted = np.array([0.5 * math.erf(value / math.sqrt(2)) for value in x])
powers = (x * x)[:, None] ** np.arange(DEGREE + 1)
weights, q_before, best = np.ones_like(x), np.ones_like(x), (math.inf, None)
for _ in range(ROUNDS):
    scale = (np.sqrt(weights) / np.abs(q_before))[:, None]
    terms = np.concatenate([x[:, None] * powers, -wanted[:, None] * powers[:, 1:]], axis=1) * scale
    sizes = np.linalg.norm(terms, axis=0)
    found = np.linalg.lstsq(terms / sizes, wanted * scale[:, 0], rcond=None)[0] / sizes
    p, q = powers @ found[: DEGREE + 1], 1 + powers[:, 1:] @ found[DEGREE + 1 :]
    error = np.abs(x * p / q - wanted)
    if error.max() < best[0]:
        best = (error.max(), found)
    weights *= error / error.max() + 1e-3
    weights /= weights.mean()

print(f"greatest error {best[0]:.1e}")
print("P:", *[f"{value:.9e}" for value in best[1][: DEGREE + 1]])
print("Q: 1", *[f"{value:.9e}" for value in best[1][DEGREE + 1 :]])
