/// The state of a shard: an ordered map of bytes, and overlays that are committed or dropped as a whole.
///
/// State is what was persisted. An Overlay collects changes on top of it, in nested layers: one for the
/// block, one for each call. Nothing is hashed or sealed here.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <primitives/bytes.hpp>
#include <vector>

namespace redoubt::stf {

/// Keys with their new values; nullopt removes a key.
using Changes = std::map<Bytes, std::optional<Bytes>>;
using Entries = std::map<Bytes, Bytes>;

/// Read access, for queries.
class StateReader {
  public:
    virtual ~StateReader() = default;
    [[nodiscard]] virtual std::optional<Bytes> get(ByteView key) const = 0;
};

class State final : public StateReader {
  public:
    State() = default;
    explicit State(Entries entries);

    [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
    void apply(const Changes& changes);

    [[nodiscard]] const Entries& entries() const noexcept { return entries_; }
    /// Sum of the lengths of all keys and values.
    [[nodiscard]] std::uint64_t total_bytes() const noexcept { return total_bytes_; }

  private:
    void set(const Bytes& key, const std::optional<Bytes>& value);

    Entries entries_;
    std::uint64_t total_bytes_ = 0;
};

/// Changes on top of a State that outlives it. Begins with one layer.
class Overlay final : public StateReader {
  public:
    explicit Overlay(const State& base) : base_(base), layers_(1) {}

    [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
    void put(ByteView key, Bytes value);
    void remove(ByteView key);

    /// Opens a layer; what follows can be dropped without touching what was before.
    void begin() { layers_.emplace_back(); }
    /// Merges the newest layer into the one below. @pre begin() was called
    void commit();
    /// Forgets the newest layer. @pre begin() was called
    void drop();

    /// All changes. @pre every begin() was followed by commit() or drop()
    [[nodiscard]] Changes take_changes();

  private:
    const State& base_;
    std::vector<Changes> layers_;
};

}  // namespace redoubt::stf
