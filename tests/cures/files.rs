//! Rule files with one mistake each.
