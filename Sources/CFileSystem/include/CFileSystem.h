// The system call that Swift's C library module does not show.
#pragma once

/// Exchanges two files or folders in one step (`renameat2` with `RENAME_EXCHANGE`, Linux 3.15).
/// Returns 0, or −1 with `errno` set.
int enx_exchange(const char *first, const char *second);
