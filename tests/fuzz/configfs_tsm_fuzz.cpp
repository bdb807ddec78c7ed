// The files of configfs-tsm, whatever they hold: provider, generation, evidence, certificates.
#include <attestation/produce/configfs_tsm.hpp>
#include <tests/support/played_tee.hpp>

using namespace redoubt;  // NOLINT: a fuzz target is one function

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static_cast<void>(tests::play(
        {data, size}, [](tests::PlayedTee& tee) { return attestation::produce::ConfigfsTsm::open(tee); }));
    return 0;
}
