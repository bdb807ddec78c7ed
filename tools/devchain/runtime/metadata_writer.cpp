#include <primitives/scale.hpp>

#include <tools/devchain/runtime/event_record.hpp>
#include <tools/devchain/runtime/extensions.hpp>
#include <tools/devchain/runtime/metadata_writer.hpp>
#include <tools/devchain/runtime/pallets.hpp>
#include <tools/devchain/runtime/runtime_api.hpp>
#include <tools/devchain/runtime/type_builder.hpp>

namespace redoubt::devchain {

using substrate::TypeId;

/// Keys of types that are no C++ types.
enum PalletType : int { kCallsOf = 1, kEventsOf, kErrorsOf };
struct RuntimeKey {};
struct OuterEventKey {};
struct OuterErrorKey {};

namespace {

constexpr std::string_view kRuntimeCrate = "redoubt_dev_runtime";

/// The enum of a pallet's calls, events or errors; nullopt when it has none.
std::optional<TypeId> pallet_enum(TypeBuilder& types,
                                  const PalletDescription& description,
                                  PalletType kind,
                                  std::string_view name,
                                  const std::vector<PalletDescription::DescribeVariant>& variants) {
    if (variants.empty()) {
        return std::nullopt;
    }
    const auto& pallet = description.pallet();
    return types.add_as({typeid(pallet), kind}, [&] {
        substrate::VariantDef def;
        for (const auto& describe : variants) {
            def.variants.push_back(describe(types));
        }
        return substrate::Type{{pallet.crate(), "pallet", name}, {{"T", std::nullopt}}, std::move(def)};
    });
}

std::optional<TypeId> calls_of(TypeBuilder& types, const PalletDescription& description) {
    std::vector<PalletDescription::DescribeVariant> variants;
    for (const auto& call : description.calls()) {
        variants.push_back(call.describe);
    }
    return pallet_enum(types, description, kCallsOf, "Call", variants);
}
std::optional<TypeId> events_of(TypeBuilder& types, const PalletDescription& description) {
    return pallet_enum(types, description, kEventsOf, "Event", description.events());
}
std::optional<TypeId> errors_of(TypeBuilder& types, const PalletDescription& description) {
    return pallet_enum(types, description, kErrorsOf, "Error", description.errors());
}

/// The enum over all pallets whose variants hold what `member` gives.
template <class Member>
substrate::Type outer_enum(TypeBuilder& types, std::string_view name, const Member& member) {
    substrate::VariantDef def;
    for (const auto& description : pallets()) {
        if (const auto type = member(types, description)) {
            const auto& pallet = description.pallet();
            def.variants.push_back({pallet.name(), {field_of({}, *type)}, pallet.index()});
        }
    }
    return {{kRuntimeCrate, name}, {}, std::move(def)};
}

TypeId outer_event(TypeBuilder& types) {
    return types.add_as({typeid(OuterEventKey), 0},
                        [&] { return outer_enum(types, "RuntimeEvent", events_of); });
}
TypeId outer_error(TypeBuilder& types) {
    return types.add_as({typeid(OuterErrorKey), 0},
                        [&] { return outer_enum(types, "RuntimeError", errors_of); });
}

void write_text(Bytes& out, std::string_view text) {
    scale::append_compact(out, text.size());
    append(out, bytes_of(text));
}
void write_optional_text(Bytes& out, const std::optional<std::string_view>& text) {
    out.push_back(text ? 1 : 0);
    if (text) {
        write_text(out, *text);
    }
}
void write_no_docs(Bytes& out) {
    out.push_back(0);
}
void write_not_deprecated(Bytes& out) {
    out.push_back(0);
}

void write_fields(Bytes& out, const std::vector<substrate::Field>& fields) {
    scale::append_compact(out, fields.size());
    for (const auto& field : fields) {
        write_optional_text(out, field.name);
        scale::append_compact(out, field.type);
        write_optional_text(out, field.type_name);
        write_no_docs(out);
    }
}

/// Writes what follows the tag of a type definition.
struct DefWriter {
    Bytes& out;
    void operator()(const substrate::CompositeDef& def) const { write_fields(out, def.fields); }
    void operator()(const substrate::VariantDef& def) const {
        scale::append_compact(out, def.variants.size());
        for (const auto& variant : def.variants) {
            write_text(out, variant.name);
            write_fields(out, variant.fields);
            out.push_back(variant.index);
            write_no_docs(out);
        }
    }
    void operator()(const substrate::SequenceDef& def) const { scale::append_compact(out, def.element); }
    void operator()(const substrate::ArrayDef& def) const {
        scale::encode_scale(out, def.length);
        scale::append_compact(out, def.element);
    }
    void operator()(const substrate::TupleDef& def) const {
        scale::append_compact(out, def.elements.size());
        for (const auto element : def.elements) {
            scale::append_compact(out, element);
        }
    }
    void operator()(const substrate::PrimitiveDef& def) const {
        out.push_back(static_cast<std::uint8_t>(def.primitive));
    }
    void operator()(const substrate::CompactDef& def) const { scale::append_compact(out, def.inner); }
    void operator()(const substrate::BitSequenceDef& def) const {
        scale::append_compact(out, def.store);
        scale::append_compact(out, def.order);
    }
};

void write_types(Bytes& out, const std::vector<substrate::Type>& types) {
    scale::append_compact(out, types.size());
    for (std::size_t id = 0; id < types.size(); ++id) {
        const auto& type = types[id];
        scale::append_compact(out, id);
        scale::append_compact(out, type.path.size());
        for (const auto segment : type.path) {
            write_text(out, segment);
        }
        scale::append_compact(out, type.parameters.size());
        for (const auto& parameter : type.parameters) {
            write_text(out, parameter.name);
            out.push_back(parameter.type ? 1 : 0);
            if (parameter.type) {
                scale::append_compact(out, *parameter.type);
            }
        }
        out.push_back(static_cast<std::uint8_t>(type.def.index()));
        std::visit(DefWriter{out}, type.def);
        write_no_docs(out);
    }
}

/// Writes everything but the registry, filling the registry on the way.
class BodyWriter {
  public:
    BodyWriter(TypeBuilder& types, unsigned version) : types_(types), version_(version) {}

    [[nodiscard]] Bytes write() {
        // Calls, events and errors first: the registry is the same in every version.
        types_.add<RuntimeCall>();
        outer_event(types_);
        outer_error(types_);
        scale::append_compact(out_, pallets().size());
        for (const auto& description : pallets()) {
            write_pallet(description);
        }
        write_extrinsic();
        const auto runtime = types_.add_as({typeid(RuntimeKey), 0}, [] {
            return substrate::Type{{kRuntimeCrate, "Runtime"}, {}, substrate::CompositeDef{}};
        });
        if (version_ < 16) {
            scale::append_compact(out_, runtime);
        }
        if (version_ > 14) {
            write_apis();
            scale::append_compact(out_, types_.add<RuntimeCall>());
            scale::append_compact(out_, outer_event(types_));
            scale::append_compact(out_, outer_error(types_));
            scale::append_compact(out_, 0);  // no custom values
        }
        return std::move(out_);
    }

  private:
    void write_optional_enum(const std::optional<TypeId>& type) {
        out_.push_back(type ? 1 : 0);
        if (type) {
            scale::append_compact(out_, *type);
            if (version_ > 15) {
                scale::append_compact(out_, 0);  // no deprecated variants
            }
        }
    }

    void write_storage_entry(const PalletDescription::Item& item) {
        write_text(out_, item.name);
        out_.push_back(item.absent == Absent::kDefault ? 1 : 0);
        out_.push_back(item.hasher ? 1 : 0);
        if (item.hasher) {
            scale::append_compact(out_, 1);
            out_.push_back(static_cast<std::uint8_t>(*item.hasher));
            scale::append_compact(out_, item.key(types_));
        }
        scale::append_compact(out_, item.value(types_));
        scale::encode_scale(out_, item.fallback);
        write_no_docs(out_);
        if (version_ > 15) {
            write_not_deprecated(out_);
        }
    }

    void write_pallet(const PalletDescription& description) {
        const auto& pallet = description.pallet();
        write_text(out_, pallet.name());
        out_.push_back(description.storage().empty() ? 0 : 1);
        if (!description.storage().empty()) {
            write_text(out_, pallet.name());
            scale::append_compact(out_, description.storage().size());
            for (const auto& item : description.storage()) {
                write_storage_entry(item);
            }
        }
        write_optional_enum(calls_of(types_, description));
        write_optional_enum(events_of(types_, description));
        scale::append_compact(out_, description.constants().size());
        for (const auto& constant : description.constants()) {
            write_text(out_, constant.name);
            scale::append_compact(out_, constant.type(types_));
            scale::encode_scale(out_, constant.value);
            write_no_docs(out_);
            if (version_ > 15) {
                write_not_deprecated(out_);
            }
        }
        write_optional_enum(errors_of(types_, description));
        if (version_ > 15) {
            scale::append_compact(out_, 0);  // no associated types
            scale::append_compact(out_, 0);  // no view functions
        }
        out_.push_back(pallet.index());
        if (version_ > 14) {
            write_no_docs(out_);
        }
        if (version_ > 15) {
            write_not_deprecated(out_);
        }
    }

    void write_extrinsic() {
        constexpr std::uint8_t kFormatVersion = 4;
        const auto extrinsic = types_.add<OpaqueExtrinsic>();
        const auto extensions = describe_extensions(types_);
        if (version_ == 14) {
            scale::append_compact(out_, extrinsic);
            out_.push_back(kFormatVersion);
        } else {
            if (version_ == 15) {
                out_.push_back(kFormatVersion);
            } else {
                scale::encode_scale(out_, Bytes{kFormatVersion});
            }
            scale::append_compact(out_, types_.add<MultiAddress>());
            scale::append_compact(out_, types_.add<RuntimeCall>());
            scale::append_compact(out_, types_.add<crypto::MultiSignature>());
            if (version_ == 15) {
                scale::append_compact(out_, extra_type(types_));
            } else {
                scale::append_compact(out_, 1);  // extension version 0 has all of them
                out_.push_back(0);
                scale::append_compact(out_, extensions.size());
                for (std::size_t i = 0; i < extensions.size(); ++i) {
                    scale::append_compact(out_, i);
                }
            }
        }
        scale::append_compact(out_, extensions.size());
        for (const auto& extension : extensions) {
            write_text(out_, extension.identifier);
            scale::append_compact(out_, extension.extra);
            scale::append_compact(out_, extension.additional);
        }
    }

    void write_apis() {
        scale::append_compact(out_, runtime_apis().size());
        for (const auto& api : runtime_apis()) {
            write_text(out_, api.name());
            scale::append_compact(out_, api.methods().size());
            for (const auto& method : api.methods()) {
                write_text(out_, method.name);
                scale::append_compact(out_, method.inputs.size());
                for (const auto& [name, type] : method.inputs) {
                    write_text(out_, name);
                    scale::append_compact(out_, type(types_));
                }
                scale::append_compact(out_, method.output(types_));
                write_no_docs(out_);
                if (version_ > 15) {
                    write_not_deprecated(out_);
                }
            }
            write_no_docs(out_);
            if (version_ > 15) {
                scale::append_compact(out_, api.version());
                write_not_deprecated(out_);
            }
        }
    }

    TypeBuilder& types_;
    unsigned version_;
    Bytes out_;
};

}  // namespace

substrate::Type TypeOf<RuntimeCall>::describe(TypeBuilder& types) {
    return outer_enum(types, "RuntimeCall", calls_of);
}

substrate::Type TypeOf<EventRecord>::describe(TypeBuilder& types) {
    const auto event = outer_event(types);
    substrate::CompositeDef def{{field_of("phase", types.add<Phase>()), field_of("event", event),
                                 field_of("topics", types.add<std::vector<Hash256>>())}};
    return {{"frame_system", "EventRecord"}, {{"E", event}, {"T", types.add<Hash256>()}}, std::move(def)};
}

Bytes write_metadata(unsigned version) {
    REDOUBT_ASSERT(version >= 14 && version <= 16);
    TypeBuilder types;
    const auto body = BodyWriter{types, version}.write();
    Bytes out = to_bytes(bytes_of("meta"));
    out.push_back(static_cast<std::uint8_t>(version));
    write_types(out, types.types());
    append(out, body);
    return out;
}

}  // namespace redoubt::devchain
