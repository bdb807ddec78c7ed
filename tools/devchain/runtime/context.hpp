/// What a running call can reach: the state, the block's position, and a place for events and digest logs.
#pragma once

#include <primitives/bytes.hpp>
#include <primitives/scale.hpp>

#include <optional>
#include <substrate/header.hpp>
#include <tools/devchain/runtime/storage.hpp>
#include <tools/devchain/runtime/type_builder.hpp>
#include <tools/devchain/runtime/types.hpp>
#include <utility>
#include <vector>

namespace redoubt::devchain {

class RuntimeCall;

/// The part of a block that an event belongs to.
struct Phase {
    std::variant<Holding<"ApplyExtrinsic", std::uint32_t>, Unit<"Finalization">, Unit<"Initialization">>
        value;
    static constexpr std::string_view kVariantPath = "frame_system::Phase";
    static constexpr auto kScaleFields = std::tuple{&Phase::value};

    [[nodiscard]] static Phase extrinsic(std::uint32_t index) {
        return {Holding<"ApplyExtrinsic", std::uint32_t>{index}};
    }
    [[nodiscard]] static Phase finalization() { return {Unit<"Finalization">{}}; }
    [[nodiscard]] static Phase initialization() { return {Unit<"Initialization">{}}; }
};

/// The events of a block in the making, encoded one after the other. Those of dropped layers are cut off.
class EventLog {
  public:
    void append(ByteView record, std::span<const Hash256> topics);

    struct Mark {
        std::size_t bytes = 0;
        std::uint32_t count = 0;
        std::size_t topics = 0;
    };
    [[nodiscard]] Mark mark() const { return {records_.size(), count_, topics_.size()}; }
    void cut(const Mark& mark);

    [[nodiscard]] std::uint32_t count() const noexcept { return count_; }
    /// SCALE of the `Vec<EventRecord>`.
    [[nodiscard]] Bytes encoded() const;
    /// Topics with the index of their event.
    [[nodiscard]] const std::vector<std::pair<Hash256, std::uint32_t>>& topics() const noexcept {
        return topics_;
    }

  private:
    Bytes records_;
    std::uint32_t count_ = 0;
    std::vector<std::pair<Hash256, std::uint32_t>> topics_;
};

class Context {
  public:
    Context(Storage& storage, BlockNumber number) : storage_(storage), number_(number) {}

    [[nodiscard]] Storage& storage() noexcept { return storage_; }
    [[nodiscard]] BlockNumber block_number() const noexcept { return number_; }

    /// Records an event. Block 0 has none, as on every chain.
    template <class... Fields>
    void deposit(std::uint8_t pallet,
                 const Event<Fields...>& event,
                 const std::type_identity_t<Fields>&... fields) {
        deposit_indexed(pallet, {}, event, fields...);
    }
    /// The same under topics, which System.EventTopics lists.
    template <class... Fields>
    void deposit_indexed(std::uint8_t pallet,
                         const std::vector<Hash256>& topics,
                         const Event<Fields...>& event,
                         const std::type_identity_t<Fields>&... fields) {
        Bytes record;
        scale::encode_scale(record, phase_);
        record.push_back(pallet);
        record.push_back(event.index);
        (encode_field(record, fields), ...);
        scale::encode_scale(record, topics);
        append(record, topics);
    }

    /// Runs `body` in a layer of its own: what it did stays when it succeeds and is undone when it fails.
    template <class Body>
    [[nodiscard]] auto in_layer(const Body& body) {
        storage_.begin();
        const auto mark = events_.mark();
        const auto log_count = logs_.size();
        auto result = body();
        if (result) {
            storage_.commit();
        } else {
            storage_.drop();
            events_.cut(mark);
            logs_.resize(log_count);
        }
        return result;
    }
    /// Runs a call in a layer of its own.
    [[nodiscard]] Dispatched<PostDispatch> dispatch(const RuntimeCall& call, const Origin& origin);

    /// Adds an item to the digest of the block.
    void deposit_log(substrate::DigestItem item) { logs_.push_back(std::move(item)); }

    void enter(Phase phase) { phase_ = std::move(phase); }
    [[nodiscard]] const EventLog& events() const noexcept { return events_; }
    [[nodiscard]] const std::vector<substrate::DigestItem>& logs() const noexcept { return logs_; }

  private:
    template <class T>
    static void encode_field(Bytes& out, const T& value) {
        using scale::encode_scale;
        encode_scale(out, value);
    }
    void append(ByteView record, std::span<const Hash256> topics);

    Storage& storage_;
    BlockNumber number_;
    Phase phase_ = Phase::initialization();
    EventLog events_;
    std::vector<substrate::DigestItem> logs_;
};

}  // namespace redoubt::devchain
