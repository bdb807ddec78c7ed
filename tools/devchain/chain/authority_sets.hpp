/// Which GRANDPA authorities are in charge, and which changes blocks have announced.
///
/// @source polkadot-sdk, sc_consensus_grandpa::authorities; light-client.md, section 11.4
#pragma once

#include <light-client/authority_set.hpp>
#include <light-client/grandpa_digest.hpp>
#include <light-client/justification.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace redoubt::devchain {

/// A change that a block announced and that is not in force.
struct AnnouncedChange {
    light_client::BlockRef by;
    /// Scheduled: the last block of the present set. Forced: the block that brings the new set.
    std::uint32_t effective_number = 0;
    light_client::AuthorityList next;
    bool is_forced = false;
    std::uint32_t median_last_finalized = 0;  ///< of a forced change
    static constexpr auto kScaleFields =
        std::tuple{&AnnouncedChange::by, &AnnouncedChange::effective_number, &AnnouncedChange::next,
                   &AnnouncedChange::is_forced, &AnnouncedChange::median_last_finalized};
    bool operator==(const AnnouncedChange&) const = default;
};

class AuthoritySets {
  public:
    /// True when `ancestor` is the block itself or lies below it on its branch.
    using IsAncestor = std::function<bool(const Hash256& ancestor, const Hash256& block)>;

    AuthoritySets() = default;
    explicit AuthoritySets(light_client::AuthorityList genesis) : authorities_(std::move(genesis)) {}

    [[nodiscard]] std::uint64_t set_id() const noexcept { return set_id_; }
    [[nodiscard]] const light_client::AuthorityList& authorities() const noexcept { return authorities_; }

    /// Notes what a new block announces. @param header  as the runtime made it
    void on_imported(const light_client::BlockRef& block, const substrate::Header& header);
    /// Brings in a forced change that is due on the branch of the new best block; true when there was one.
    [[nodiscard]] bool on_best(const light_client::BlockRef& best, const IsAncestor& is_ancestor);
    /// The scheduled change that ends the present set on the branch of `block`, whether or not it reaches so
    /// far; nullptr when none is announced there.
    [[nodiscard]] const AnnouncedChange* next_scheduled(const Hash256& block,
                                                        const IsAncestor& is_ancestor) const;
    /// Brings in the scheduled change that is due, and forgets those of other branches. True when the set
    /// changed. @param block  finalized now; not above the end of the set
    [[nodiscard]] bool on_finalized(const light_client::BlockRef& block, const IsAncestor& is_ancestor);
    /// True while a child of `block` cannot announce a change.
    [[nodiscard]] bool has_pending(const light_client::BlockRef& block, const IsAncestor& is_ancestor) const;

    /// The last block that the set in charge of block `number` signed for; nullopt when that set is the
    /// present one.
    [[nodiscard]] std::optional<std::uint32_t> last_block_of_set_at(std::uint32_t number) const;

    /// The id of the set in charge of block `number`.
    [[nodiscard]] std::uint64_t set_id_at(std::uint32_t number) const;

    /// SCALE of the shared authority set as polkadot-sdk keeps it; nullopt while a change is announced.
    /// @source light-client.md, section 13.2
    [[nodiscard]] std::optional<Bytes> checkpoint() const;

  private:
    void enter(light_client::AuthorityList next, std::uint32_t last_block_number);

    std::uint64_t set_id_ = 0;
    light_client::AuthorityList authorities_;
    std::vector<AnnouncedChange> announced_;
    /// The last block number of each former set, ascending.
    std::vector<std::uint32_t> set_ends_;

  public:
    static constexpr auto kScaleFields = std::tuple{&AuthoritySets::set_id_, &AuthoritySets::authorities_,
                                                    &AuthoritySets::announced_, &AuthoritySets::set_ends_};
};

}  // namespace redoubt::devchain
