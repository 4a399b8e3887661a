# Made out of ../_async by `make contracts`; mend it there.
