"""Demucs (Défossez, ISMIR MDX 2021; Rouard et al., ICASSP 2023) through the `demucs` package.

The networks are the package's. Which files are read and how (`weights`, `loading`), the way through a network with
less memory (`rows`), and the chunks are ours.
"""
