/// Roots of tests, in place of Intel's. Whether a program takes any is chosen when it is built
/// (REDOUBT_SIMULATED_EVIDENCE): redoubt::node links one of two libraries, and a production build has the one
/// that refuses.
#pragma once

#include <attestation/trust_roots.hpp>
#include <primitives/bytes.hpp>
#include <primitives/result.hpp>

namespace redoubt::node {

/// True in a build for development.
[[nodiscard]] bool has_test_roots();

/// The built-in roots with another one for SGX.
/// @param certificate DER
/// @errors kMalformed; std::errc::operation_not_permitted in a production build, whatever it is given
[[nodiscard]] Result<attestation::TrustRoots> test_roots(Bytes certificate);

}  // namespace redoubt::node
