/// The state of a shard as calls see it: an ordered map of bytes, and overlays that are committed or dropped
/// as a whole.
///
/// An Overlay collects changes on top of what was persisted, in nested layers: one for the block, one for
/// each call. Nothing is hashed, sealed or stored here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <primitives/bytes.hpp>
#include <vector>

namespace redoubt::stf {

/// Keys with their new values; nullopt removes a key.
using Changes = std::map<Bytes, std::optional<Bytes>>;
/// Gets a key and its value; false ends the visit.
using EntryVisitor = std::function<bool(ByteView key, ByteView value)>;

/// Read access.
class StateReader {
  public:
    virtual ~StateReader() = default;
    [[nodiscard]] virtual std::optional<Bytes> get(ByteView key) const = 0;
    /// Visits the keys that begin with `prefix`, in ascending order, until `visit` says false. The state must
    /// not change meanwhile.
    virtual void for_each(ByteView prefix, const EntryVisitor& visit) const = 0;
};

/// Changes on top of a state that outlives it. Begins with one layer.
class Overlay final : public StateReader {
  public:
    explicit Overlay(const StateReader& base) : base_(base), layers_(1) {}

    [[nodiscard]] std::optional<Bytes> get(ByteView key) const override;
    void for_each(ByteView prefix, const EntryVisitor& visit) const override;
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
    const StateReader& base_;
    std::vector<Changes> layers_;
};

/// True for a key that begins with `prefix`.
[[nodiscard]] bool has_prefix(ByteView key, ByteView prefix) noexcept;

}  // namespace redoubt::stf
