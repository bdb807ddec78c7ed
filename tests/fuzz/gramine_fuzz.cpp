// The pseudo files of Gramine, whatever they hold: its report, its quotes, its sealing key.
#include <attestation/produce/gramine.hpp>
#include <tests/support/played_tee.hpp>

using namespace redoubt;  // NOLINT: a fuzz target is one function

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(tests::play(
        {data, size}, [](tests::PlayedTee& tee) { return attestation::produce::Gramine::open(tee); }));
    return 0;
}
