#include <primitives/byte_cursor.hpp>
#include <primitives/scale.hpp>
#include <substrate/call_tree.hpp>
#include <substrate/dynamic_codec.hpp>

namespace redoubt::substrate {
namespace {

struct KnownCall {
    std::string_view pallet;
    std::string_view call;
    CallKind kind;
};

constexpr std::array kKnownCalls = {
    KnownCall{"Utility", "batch", CallKind::kBatch},
    KnownCall{"Utility", "batch_all", CallKind::kBatchAll},
    KnownCall{"Utility", "force_batch", CallKind::kForceBatch},
    KnownCall{"Utility", "as_derivative", CallKind::kTransparent},
    KnownCall{"Utility", "with_weight", CallKind::kTransparent},
    KnownCall{"Utility", "dispatch_as", CallKind::kDispatchAs},
    KnownCall{"Utility", "dispatch_as_fallible", CallKind::kDispatchAsFallible},
    KnownCall{"Utility", "if_else", CallKind::kIfElse},
    KnownCall{"Proxy", "proxy", CallKind::kProxy},
    KnownCall{"Proxy", "proxy_announced", CallKind::kProxy},
    KnownCall{"Multisig", "as_multi", CallKind::kAsMulti},
    KnownCall{"Multisig", "as_multi_threshold_1", CallKind::kAsMultiThreshold1},
    KnownCall{"Sudo", "sudo", CallKind::kSudo},
    KnownCall{"Sudo", "sudo_unchecked_weight", CallKind::kSudo},
    KnownCall{"Sudo", "sudo_as", CallKind::kSudoAs},
};

CallKind kind_of(std::string_view pallet, std::string_view call) {
    for (const auto& known : kKnownCalls) {
        if (known.pallet == pallet && known.call == call) {
            return known.kind;
        }
    }
    return CallKind::kLeaf;
}

/// How many inner calls a kind has; nullopt for any number.
std::optional<std::size_t> arity(CallKind kind) {
    switch (kind) {
        case CallKind::kBatch:
        case CallKind::kBatchAll:
        case CallKind::kForceBatch:
            return std::nullopt;
        case CallKind::kLeaf:
            return 0;
        case CallKind::kIfElse:
            return 2;
        default:
            return 1;
    }
}

class TreeReader {
  public:
    explicit TreeReader(const Metadata& metadata)
        : metadata_(metadata),
          call_type_(metadata.outer_enums() ? std::optional{metadata.outer_enums()->call}
                                            : metadata.extrinsic().call) {}

    /// Appends the call at the cursor and what is inside it.
    Result<void> read(ByteCursor& in, unsigned depth) {
        if (depth > kCallTreeDepthMax) {
            return ValueError::kDepthLimit;
        }
        if (tree_.size() == kCallTreeSizeMax) {
            return ValueError::kMemoryLimit;
        }
        const auto from = in.rest();
        const auto position = tree_.size();
        tree_.emplace_back();
        BOOST_OUTCOME_TRY(const auto pallet_index, in.take_byte());
        const auto* pallet = metadata_.pallet_by_index(pallet_index);
        if (pallet == nullptr) {
            return LookupError::kNoSuchPallet;
        }
        const auto* calls = pallet->calls ? metadata_.types().find_def<VariantDef>(*pallet->calls) : nullptr;
        BOOST_OUTCOME_TRY(const auto call_index, in.take_byte());
        const auto* call = calls == nullptr ? nullptr : calls->by_index(call_index);
        if (call == nullptr) {
            return LookupError::kNoSuchCall;
        }
        const auto kind = kind_of(pallet->name, call->name);
        std::vector<std::uint32_t> children;
        for (const auto& field : call->fields) {
            BOOST_OUTCOME_TRY(read_field(field.type, kind, in, depth, children));
        }
        const auto expected = arity(kind);
        const bool has_known_shape = !expected || *expected == children.size();
        auto& node = tree_[position];
        node.kind = has_known_shape ? kind : CallKind::kLeaf;
        node.index = {pallet_index, call_index};
        node.bytes = from.first(from.size() - in.remaining());
        node.children = std::move(children);
        return success();
    }

    [[nodiscard]] CallTree take() && { return std::move(tree_); }

  private:
    /// Reads an argument: an inner call, a list of them, or anything else, which is skipped.
    Result<void> read_field(TypeId type,
                            CallKind kind,
                            ByteCursor& in,
                            unsigned depth,
                            std::vector<std::uint32_t>& children) {
        const auto read_child = [&]() -> Result<void> {
            children.push_back(static_cast<std::uint32_t>(tree_.size()));
            return read(in, depth + 1);
        };
        if (kind != CallKind::kLeaf && type == call_type_) {
            return read_child();
        }
        const auto* sequence = metadata_.types().find_def<SequenceDef>(type);
        if (kind == CallKind::kLeaf || sequence == nullptr || sequence->element != call_type_) {
            return skip_value(metadata_.types(), type, in);
        }
        BOOST_OUTCOME_TRY(const auto count, scale::read_compact_u32(in));
        for (std::uint32_t i = 0; i < count; ++i) {
            BOOST_OUTCOME_TRY(read_child());
        }
        return success();
    }

    const Metadata& metadata_;
    std::optional<TypeId> call_type_;
    CallTree tree_;
};

}  // namespace

CallKind call_kind(const Metadata& metadata, std::array<std::uint8_t, 2> index) {
    const auto* pallet = metadata.pallet_by_index(index[0]);
    if (pallet == nullptr || !pallet->calls) {
        return CallKind::kLeaf;
    }
    const auto* calls = metadata.types().find_def<VariantDef>(*pallet->calls);
    const auto* call = calls == nullptr ? nullptr : calls->by_index(index[1]);
    return call == nullptr ? CallKind::kLeaf : kind_of(pallet->name, call->name);
}

Result<CallTree> read_call_tree(const Metadata& metadata, ByteView call) {
    TreeReader reader{metadata};
    ByteCursor in{call};
    BOOST_OUTCOME_TRY(reader.read(in, 1));
    BOOST_OUTCOME_TRY(in.expect_end());
    return std::move(reader).take();
}

}  // namespace redoubt::substrate
