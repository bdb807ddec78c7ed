// Evidence about the chain, from a host that may say anything: trust anchors, finality messages, hops and
// state proofs. What is refused leaves the view as it was; nothing unsigned is ever accepted.
#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/chain_view.hpp>
#include <light-client/anchor.hpp>
#include <light-client/block_proof.hpp>
#include <tests/support/grandpa_voters.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace redoubt;
    if (size == 0) {
        return 0;
    }
    const ByteView input{data + 1, size - 1};
    static const tests::GrandpaVoters voters{3};
    light_client::FinalityState start;
    start.authorities = voters.list();
    auto view = enclave::ChainView::from(start).value();
    const auto before = view.report();
    if (data[0] % 4 == 0) {
        if (const auto anchor = scale::decode<boundary::TrustAnchor>(input)) {
            static_cast<void>(light_client::read_anchor(anchor.value().header, anchor.value().state_proof));
        }
    } else if (data[0] % 4 == 1) {
        if (const auto finality = scale::decode<boundary::Finality>(input)) {
            std::optional<boundary::BlockId> last;
            if (finality.value().headers.size() % 2 == 1) {
                last.emplace();
            }
            if (!view.take(finality.value(), last)) {
                auto after = view.report();
                after.halted = before.halted;
                REDOUBT_ASSERT(after == before);
            }
        }
    } else if (data[0] % 4 == 2) {
        // An empty finished response says that there is nothing newer; without signatures nothing moves.
        if (!view.hop(input, std::nullopt)) {
            REDOUBT_ASSERT(view.report().finalized == before.finalized);
        }
    } else if (const auto block = scale::decode<boundary::TrustAnchor>(input)) {
        const auto header = substrate::decode_header(block.value().header);
        const auto root = header ? header.value().state_root : Hash256{};
        static_cast<void>(light_client::read_block_proof(root, block.value().state_proof));
    }
    return 0;
}
