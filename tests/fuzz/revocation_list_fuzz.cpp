// Revocation lists as DER, as hexadecimal digits and as PEM: nothing lists what it does not hold, and nobody
// signed one but the keys of the kept inputs.
#include <attestation/x509/path.hpp>
#include <attestation/x509/revocation_list.hpp>
#include <tests/support/dcap_evidence.hpp>

using namespace redoubt;               // NOLINT: a fuzz target is one function
using namespace redoubt::attestation;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto list = x509::RevocationList::decode_any({data, size});
    if (!list) {
        return 0;
    }
    const auto& root = tests::dcap_test_roots().intel_sgx;
    constexpr std::array<std::uint8_t, 21> kNobodys{1};  // longer than a serial number may be
    REDOUBT_ASSERT(!list.value().lists(kNobodys));
    static_cast<void>(list.value().lists(root.serial()));
    if (x509::verify_revocation_list(list.value(), root, tests::kDcapTestTime)) {
        // Decoded from any of the forms, it is what the root signed.
        REDOUBT_ASSERT(list.value().lists(root.serial()) == false);
    }
    return 0;
}
