/// Pages of the state under seal: what leaves the enclave, and what comes back and is checked.
///
/// A page is encrypted and authenticated with a key of the shard's identity, and bound to the shard, to its
/// place and to the record that it was written with. That it is the newest of its place follows from the hash
/// that leads to it (trie_page.hpp). Layout: docs/PROTOCOL.md, "State page".
#pragma once

#include <boundary/refusal.hpp>
#include <enclave/state/page_storage.hpp>
#include <optional>
#include <primitives/bytes.hpp>
#include <primitives/crypto/batch_box.hpp>
#include <primitives/crypto/secret.hpp>
#include <trie/trie_page.hpp>

namespace redoubt::enclave {

/// The tries that a shard's state consists of.
enum class StatePart : std::uint8_t {
    kShard = 0,   ///< what all workers of the shard agree on
    kWorker = 1,  ///< what this worker keeps for itself
};

class SealedPages {
  public:
    /// @param state_key  of the identity
    /// @param storage    outlives this
    SealedPages(const crypto::SecretBytes<32>& state_key, const Hash256& shard, PageStorage& storage);
    SealedPages(const SealedPages&) = delete;
    SealedPages& operator=(const SealedPages&) = delete;

    [[nodiscard]] trie::PageSource& source(StatePart part) {
        return part == StatePart::kShard ? shard_source_ : worker_source_;
    }

    /// @param name  of page_name()
    [[nodiscard]] PageId id_of(StatePart part, ByteView name) const;
    /// Seals the pages that are written with the record `sequence`.
    class Sealer {
      public:
        Sealer(const SealedPages& pages, std::uint64_t sequence);
        [[nodiscard]] Bytes seal(const PageId& id, ByteView page);

      private:
        const SealedPages& pages_;
        std::uint64_t sequence_;
        crypto::BatchSealer boxes_;
    };

    /// That storage has a genuine page of the shard under this name; what leads to it is not looked at.
    /// @errors Refusal: kPageMissing, kPageDamaged
    [[nodiscard]] Result<void> check_seal(const PageId& id) const;

    /// Why a page could not be had since the last time, and forgets it. What was computed meanwhile is void.
    [[nodiscard]] std::optional<boundary::Refusal> take_fault();
    [[nodiscard]] bool has_fault() const noexcept { return fault_.has_value(); }
    /// Something else is wrong with the state: the same rule holds.
    void set_fault(boundary::Refusal fault);

  private:
    class Source final : public trie::PageSource {
      public:
        Source(SealedPages& pages, StatePart part) : pages_(pages), part_(part) {}
        [[nodiscard]] trie::PackedNodePtr load(trie::NibbleView path, const Hash256& hash) override;

      private:
        SealedPages& pages_;
        StatePart part_;
    };

    /// @errors Refusal: kPageMissing, kPageDamaged, kPageOutdated
    [[nodiscard]] Result<trie::PackedNodePtr> open(const PageId& id,
                                                   trie::NibbleView path,
                                                   const Hash256& hash,
                                                   bool again) const;
    /// The plaintext under the seal. @errors Refusal: kPageMissing, kPageDamaged
    [[nodiscard]] Result<crypto::SecretBuffer> unseal(const PageId& id, bool again) const;

    crypto::SecretBytes<32> page_key_;
    crypto::SecretBytes<32> name_key_;
    mutable Bytes named_;  ///< what id_of hashes, kept for its memory
    Hash256 shard_;
    PageStorage& storage_;
    Source shard_source_{*this, StatePart::kShard};
    Source worker_source_{*this, StatePart::kWorker};
    std::optional<boundary::Refusal> fault_;
};

}  // namespace redoubt::enclave
