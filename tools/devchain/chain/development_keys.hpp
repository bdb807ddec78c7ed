/// The secret keys of the simulated authorities. They are known to everybody: nothing they sign is worth more
/// than a test.
#pragma once

#include <light-client/authority_set.hpp>
#include <primitives/crypto/key_pair.hpp>
#include <primitives/result.hpp>

#include <string>
#include <unordered_map>

namespace redoubt::devchain {

class DevelopmentKeys {
  public:
    /// The secret URI of an authority: generation 0 are //Alice, //Bob, //Charlie, //Dave, //Eve, //Ferdie,
    /// //Authority//6, ...; a later generation has a junction more.
    [[nodiscard]] static std::string uri(unsigned index, std::uint32_t generation);

    /// `count` GRANDPA authorities of weight 1. @errors those of KeyPair::from_secret_uri
    [[nodiscard]] Result<light_client::AuthorityList> voters(unsigned count, std::uint32_t generation);
    /// `count` Aura authorities of generation 0. @errors as voters
    [[nodiscard]] Result<std::vector<FixedBytes<32>>> authors(unsigned count);

    /// Takes over one more key, which lasts as long as this object. @errors as voters
    [[nodiscard]] Result<light_client::AuthorityId> add_voter(const std::string& uri);
    [[nodiscard]] Result<FixedBytes<32>> add_author(const std::string& uri);

    /// nullptr for a key that none of the calls above has made.
    [[nodiscard]] const crypto::KeyPair* find_voter(const light_client::AuthorityId& id) const;
    [[nodiscard]] const crypto::KeyPair* find_author(const FixedBytes<32>& id) const;

  private:
    std::unordered_map<FixedBytes<32>, crypto::KeyPair> voters_;
    std::unordered_map<FixedBytes<32>, crypto::KeyPair> authors_;
};

/// The name that a node with this ed25519 key has in the peer-to-peer network.
[[nodiscard]] std::string peer_id(const light_client::AuthorityId& key);

}  // namespace redoubt::devchain
