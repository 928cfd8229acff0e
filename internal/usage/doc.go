// Package usage tells what this process has used of the machine. What the system does not tell
// is 0.
package usage
