/// A relay chain made of bytes: real state roots, proofs and justifications, and parachains' heads in its
/// state.
#pragma once

#include <boundary/messages.hpp>
#include <cstdint>
#include <functional>
#include <light-client/anchor.hpp>
#include <light-client/parachain_head.hpp>
#include <map>
#include <substrate/header.hpp>
#include <tests/support/grandpa_voters.hpp>
#include <trie/state_trie.hpp>
#include <utility>
#include <vector>

namespace redoubt::tests {

class TestRelay {
  public:
    /// A sealed relay block.
    struct Block {
        Bytes header;
        light_client::BlockRef ref;
        trie::StateTrie state;

        [[nodiscard]] std::vector<Bytes> prove_head(std::uint32_t para_id) const {
            const std::vector<Bytes> keys{light_client::parachain_head_key(para_id)};
            return state.prove(keys);
        }
    };

    TestRelay() : head_{substrate::header_hash(genesis()), 0} {}

    [[nodiscard]] Hash256 genesis_hash() const { return substrate::header_hash(genesis()); }
    [[nodiscard]] boundary::TrustAnchor anchor() const {
        return {.header = substrate::encode(genesis()),
                .state_proof = genesis_state().prove(light_client::anchor_keys())};
    }
    /// The authorities of set 0.
    [[nodiscard]] const GrandpaVoters& voters() const { return voters_; }

    /// What the next blocks' states hold for a parachain: SCALE bytes around `head`.
    void set_head(std::uint32_t para_id, const Bytes& head) { heads_[para_id] = scale::encode(head); }
    void remove_head(std::uint32_t para_id) { heads_.erase(para_id); }
    /// A change to the next block's header.
    void alter_header(std::function<void(substrate::Header&)> change) { alter_header_ = std::move(change); }

    [[nodiscard]] Block seal() {
        auto state = genesis_state();
        for (const auto& [para_id, head] : heads_) {
            state.put(light_client::parachain_head_key(para_id), head);
        }
        auto header = child_of(head_);
        header.state_root = state.root();
        if (alter_header_) {
            std::exchange(alter_header_, nullptr)(header);
        }
        head_ = ref_to(header);
        return {.header = substrate::encode(header), .ref = head_, .state = std::move(state)};
    }

    /// Evidence that a block is final, by the authorities of set 0.
    [[nodiscard]] boundary::Finality finality_of(const Block& block) const {
        boundary::Finality out;
        out.headers.push_back(block.header);
        out.justification = light_client::encode(voters_.justify(block.ref, 0));
        return out;
    }

  private:
    [[nodiscard]] trie::StateTrie genesis_state() const {
        trie::StateTrie state{trie::StateVersion::kV1};
        state.put(bytes_of(":grandpa_authorities"), scale::encode_all(std::uint8_t{1}, voters_.list()));
        for (std::uint8_t i = 0; i < 40; ++i) {
            state.put(Bytes{i, 1, 2}, Bytes(40, i));
        }
        return state;
    }
    [[nodiscard]] substrate::Header genesis() const {
        substrate::Header header;
        header.state_root = genesis_state().root();
        return header;
    }

    GrandpaVoters voters_{4, 50};
    std::map<std::uint32_t, Bytes> heads_;
    std::function<void(substrate::Header&)> alter_header_;
    light_client::BlockRef head_;
};

}  // namespace redoubt::tests
