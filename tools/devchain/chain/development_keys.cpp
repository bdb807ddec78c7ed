#include <tools/devchain/chain/development_keys.hpp>

#include <primitives/crypto/base58.hpp>

#include <array>

namespace redoubt::devchain {
namespace {

using Keys = std::unordered_map<FixedBytes<32>, crypto::KeyPair>;

Result<FixedBytes<32>> make_key(Keys& keys, const std::string& uri, crypto::Scheme scheme) {
    BOOST_OUTCOME_TRY(auto pair, crypto::KeyPair::from_secret_uri(uri, scheme));
    const auto id = FixedBytes<32>::copy_of(pair.account_id().view().first<32>());
    keys.insert_or_assign(id, std::move(pair));
    return id;
}

const crypto::KeyPair* find(const Keys& keys, const FixedBytes<32>& id) {
    const auto found = keys.find(id);
    return found == keys.end() ? nullptr : &found->second;
}

}  // namespace

std::string DevelopmentKeys::uri(unsigned index, std::uint32_t generation) {
    static constexpr std::array<std::string_view, 6> kNames{"//Alice", "//Bob", "//Charlie",
                                                            "//Dave",  "//Eve", "//Ferdie"};
    auto out = index < kNames.size() ? std::string{kNames[index]} : "//Authority//" + std::to_string(index);
    if (generation > 0) {
        out += "//generation//" + std::to_string(generation);
    }
    return out;
}

Result<light_client::AuthorityList> DevelopmentKeys::voters(unsigned count, std::uint32_t generation) {
    light_client::AuthorityList out;
    for (unsigned i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto id, make_key(voters_, uri(i, generation), crypto::Scheme::kEd25519));
        out.push_back({id, 1});
    }
    return out;
}

Result<std::vector<FixedBytes<32>>> DevelopmentKeys::authors(unsigned count) {
    std::vector<FixedBytes<32>> out;
    for (unsigned i = 0; i < count; ++i) {
        BOOST_OUTCOME_TRY(const auto id, make_key(authors_, uri(i, 0), crypto::Scheme::kSr25519));
        out.push_back(id);
    }
    return out;
}

Result<light_client::AuthorityId> DevelopmentKeys::add_voter(const std::string& uri) {
    return make_key(voters_, uri, crypto::Scheme::kEd25519);
}

Result<FixedBytes<32>> DevelopmentKeys::add_author(const std::string& uri) {
    return make_key(authors_, uri, crypto::Scheme::kSr25519);
}

const crypto::KeyPair* DevelopmentKeys::find_voter(const light_client::AuthorityId& id) const {
    return find(voters_, id);
}

const crypto::KeyPair* DevelopmentKeys::find_author(const FixedBytes<32>& id) const {
    return find(authors_, id);
}

std::string peer_id(const light_client::AuthorityId& key) {
    // The identity multihash of a protobuf message: key type ed25519, 32 bytes of key.
    static constexpr std::array<std::uint8_t, 6> kHead{0x00, 0x24, 0x08, 0x01, 0x12, 0x20};
    return crypto::encode_base58(concat(kHead, key.view()));
}

}  // namespace redoubt::devchain
