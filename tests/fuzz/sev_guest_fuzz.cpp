// What the firmware of SEV-SNP and the host answer to a request for a report and for a key.
#include <attestation/produce/sev_guest.hpp>
#include <tests/support/played_tee.hpp>

using namespace redoubt;  // NOLINT: a fuzz target is one function

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(tests::play(
        {data, size}, [](tests::PlayedTee& tee) { return attestation::produce::SevGuest::open(tee); }));
    return 0;
}
