#include <registry-client/calls.hpp>

#include <substrate/call.hpp>
#include <substrate/value.hpp>

namespace redoubt::registry_client {
namespace {

using substrate::Value;

/// The bytes as a value of `type`: through newtypes, and as the variant `Id` of a MultiAddress.
Value bytes_as(const substrate::TypeRegistry& types,
               substrate::TypeId type,
               ByteView bytes,
               unsigned depth = 0) {
    constexpr unsigned kNewtypesMax = 8;
    if (depth < kNewtypesMax) {
        if (const auto* composite = types.find_def<substrate::CompositeDef>(type);
            composite != nullptr && composite->fields.size() == 1) {
            Value::List inner{bytes_as(types, composite->fields.front().type, bytes, depth + 1)};
            return Value::list(std::move(inner));
        }
        if (const auto* variants = types.find_def<substrate::VariantDef>(type)) {
            const auto* id = variants->by_name("Id");
            if (id != nullptr && id->fields.size() == 1) {
                Value::List inner{bytes_as(types, id->fields.front().type, bytes, depth + 1)};
                return Value::variant("Id", Value::list(std::move(inner)));
            }
        }
    }
    return Value::bytes(bytes);
}

/// The type of a call's argument. @errors LookupError
Result<substrate::TypeId> argument_type(const substrate::Metadata& metadata,
                                        std::string_view pallet,
                                        std::string_view call,
                                        std::string_view argument) {
    BOOST_OUTCOME_TRY(substrate::call_index(metadata, pallet, call));
    const auto* calls =
        metadata.types().find_def<substrate::VariantDef>(*metadata.find_pallet(pallet)->calls);
    for (const auto& field : calls->by_name(call)->fields) {
        if (field.name == argument) {
            return field.type;
        }
    }
    return substrate::LookupError::kNoSuchCall;
}

/// Builds the arguments of one call by name.
class Arguments {
  public:
    Arguments(const substrate::Metadata& metadata, std::string_view pallet, std::string_view call)
        : metadata_(metadata), pallet_(pallet), call_(call) {}

    Result<void> add_bytes(std::string name, ByteView bytes) {
        BOOST_OUTCOME_TRY(const auto type, argument_type(metadata_, pallet_, call_, name));
        fields_.push_back({std::move(name), bytes_as(metadata_.types(), type, bytes)});
        return success();
    }
    void add(std::string name, Value value) { fields_.push_back({std::move(name), std::move(value)}); }
    [[nodiscard]] Result<Bytes> encode() && {
        return substrate::encode_call(metadata_, pallet_, call_, Value::fields(std::move(fields_)));
    }

  private:
    const substrate::Metadata& metadata_;
    std::string_view pallet_;
    std::string_view call_;
    Value::Fields fields_;
};

}  // namespace

Result<Bytes> transfer_keep_alive_call(const substrate::Metadata& metadata,
                                       const AccountId& destination,
                                       uint128 amount) {
    Arguments arguments{metadata, "Balances", "transfer_keep_alive"};
    BOOST_OUTCOME_TRY(arguments.add_bytes("dest", destination.view()));
    arguments.add("value", Value::integer_u128(amount));
    return std::move(arguments).encode();
}

Result<Bytes> invoke_call(const substrate::Metadata& metadata, const Hash256& shard, ByteView ciphertext) {
    constexpr std::string_view kPallet = "EnclaveBridge";
    BOOST_OUTCOME_TRY(const auto type, argument_type(metadata, kPallet, "invoke", "request"));
    const auto* request = metadata.types().find_def<substrate::CompositeDef>(type);
    if (request == nullptr) {
        return substrate::ValueError::kKindMismatch;
    }
    Value::Fields fields;
    for (const auto& field : request->fields) {
        const auto name = field.name.value_or("");
        if (name != "shard" && name != "cyphertext" && name != "ciphertext") {
            return substrate::ValueError::kUnknownField;
        }
        const auto bytes = name == "shard" ? shard.view() : ciphertext;
        fields.push_back({std::string{name}, bytes_as(metadata.types(), field.type, bytes)});
    }
    Arguments arguments{metadata, kPallet, "invoke"};
    arguments.add("request", Value::fields(std::move(fields)));
    return std::move(arguments).encode();
}

Result<Bytes> shield_funds_call(const substrate::Metadata& metadata,
                                const Hash256& shard,
                                ByteView encrypted_account,
                                uint128 amount) {
    Arguments arguments{metadata, "EnclaveBridge", "shield_funds"};
    BOOST_OUTCOME_TRY(arguments.add_bytes("shard", shard.view()));
    BOOST_OUTCOME_TRY(arguments.add_bytes("incognito_account_encrypted", encrypted_account));
    arguments.add("amount", Value::integer_u128(amount));
    return std::move(arguments).encode();
}

Result<Bytes> unregister_enclave_call(const substrate::Metadata& metadata, const AccountId& enclave) {
    Arguments arguments{metadata, "Teerex", "unregister_sovereign_enclave"};
    BOOST_OUTCOME_TRY(arguments.add_bytes("enclave_signer", enclave.view()));
    return std::move(arguments).encode();
}

}  // namespace redoubt::registry_client
