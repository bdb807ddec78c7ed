// A TD without configfs-tsm: the settings of its quoting service, and what the service answers over vsock.
#include <attestation/produce/tdx_guest.hpp>
#include <tests/support/played_tee.hpp>

using namespace redoubt;  // NOLINT: a fuzz target is one function

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(tests::play(
        {data, size}, [](tests::PlayedTee& tee) { return attestation::produce::TdxGuest::open(tee); }));
    return 0;
}
