// A parachain's heads from a host that may say anything: messages as they come, and genuine ones that were
// altered. What is refused leaves the view as it was, and nothing but the proven head is ever believed.
#include <boundary/messages.hpp>
#include <cstdint>
#include <enclave/chain_view.hpp>
#include <tests/integration/test_relay.hpp>

namespace {

using namespace redoubt;

constexpr std::uint32_t kPara = 2015;

/// A relay chain with one final block that names the third block of a parachain.
struct Stage {
    Stage() {
        auto header = substrate::Header{};
        genesis = substrate::header_hash(header);
        for (int i = 0; i < 3; ++i) {
            header = tests::child_of(tests::ref_to(header));
            headers.push_back(substrate::encode(header));
        }
        relay.set_head(kPara, headers.back());
        block = relay.seal();
        start.finalized = {.block = {.hash = relay.genesis_hash(), .number = 0}, .state_root = {}};
        start.authorities = relay.voters().list();
        message.relay_block = block.ref.hash;
        message.proof = block.prove_head(kPara);
        message.headers.push_back(headers[0]);
        message.headers.push_back(headers[1]);
    }
    [[nodiscard]] enclave::ChainView view() const {
        auto out = enclave::ChainView::of_parachain(
                       start, {.genesis_hash = relay.genesis_hash(), .para_id = kPara}, genesis)
                       .value();
        REDOUBT_ASSERT(out.take(relay.finality_of(block), std::nullopt).has_value());
        return out;
    }

    tests::TestRelay relay;
    tests::TestRelay::Block block{{}, {}, trie::StateTrie{trie::StateVersion::kV1}};
    Hash256 genesis;
    std::vector<Bytes> headers;
    light_client::FinalityState start;
    boundary::ParachainHead message;
};

void offer(const Stage& stage, const boundary::ParachainHead& message) {
    for (const bool has_begun : {false, true}) {
        auto view = stage.view();
        const auto before = view.report();
        const auto last = has_begun ? std::optional{boundary::BlockId{0, stage.genesis}} : std::nullopt;
        const auto taken = view.take_head(message, last);
        REDOUBT_ASSERT(taken ? view.finalized().number == 3 : view.report() == before);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Stage stage;
    if (const auto message = scale::decode<boundary::ParachainHead>(ByteView{data, size})) {
        offer(stage, message.value());
    }
    if (size >= 3) {
        auto bytes = scale::encode(stage.message);
        bytes[(data[0] | (data[1] << 8)) % bytes.size()] ^= data[2];
        if (const auto altered = scale::decode<boundary::ParachainHead>(bytes)) {
            REDOUBT_ASSERT(data[2] != 0 || stage.view().take_head(altered.value(), std::nullopt).has_value());
            offer(stage, altered.value());
        }
    }
    return 0;
}
