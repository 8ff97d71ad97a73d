"""One file a revision, ``rNNNN_what.py``, each after the one before."""
