/// Readies this library for a process that will lose access to files.
#pragma once

namespace redoubt::attestation {

/// Makes OpenSSL fetch every algorithm that verifiers use, and checks the built-in trust roots. A program
/// that enters a sandbox calls it before; calling it again costs nothing. A failed check ends the process.
void initialise();

}  // namespace redoubt::attestation
