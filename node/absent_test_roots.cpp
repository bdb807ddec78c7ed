#include <node/test_roots.hpp>

#include <system_error>

namespace redoubt::node {

bool has_test_roots() {
    return false;
}

Result<attestation::TrustRoots> test_roots(Bytes /*certificate*/) {
    return std::make_error_code(std::errc::operation_not_permitted);
}

}  // namespace redoubt::node
