//go:build !unix

package main

// heed does nothing: there is no signal that asks for something and ends nothing.
func heed(func()) (stop func()) { return func() {} }
