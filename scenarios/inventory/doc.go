// Package inventory makes a simulated fleet the picture of a real one, from what
// an administrator can export: a file of devices ([Export]), and the .tlv files
// that the nodes serve and the phones hold ([Lists]). [Counterparts] are those
// lists in the keys of the simulated cluster.
//
// The zero value of an [Export] is an empty file without a header, that of
// [Lists] holds none; [Counterparts] are made by [NewCounterparts].
package inventory
