/// Readies libsodium and OpenSSL for a process that will lose access to files.
#pragma once

namespace redoubt::crypto {

/// Chooses the CPU-specific code of libsodium, seeds OpenSSL's random generator and fetches every OpenSSL
/// algorithm this library uses, without reading an OpenSSL configuration file. After it no function of this
/// library opens a file; random bytes still come from the system call getrandom.
///
/// A program that enters a sandbox calls it before; the functions here call it themselves when nobody did.
/// Calling it again costs nothing. A failure of the libraries' self checks ends the process.
void initialise();

}  // namespace redoubt::crypto
