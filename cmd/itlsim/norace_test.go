//go:build !race

package main

// raced reports whether the detector of races is at work.
const raced = false
