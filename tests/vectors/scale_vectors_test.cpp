// Runs over vectors/chain/scale: values.json (bytes to value and back) and hostile.json (bytes to refuse).
//
// A type is a text such as "Vec<(u8,u32)>". A small interpreter here reads such a text and walks it with the
// functions of primitives/scale.hpp; types that C++ can name go through scale::decode<T> and encode as well.
// Numbers above 128 bits and bit sequences exist in no type of ours, so their bytes are put together here.
#include <gtest/gtest.h>

#include <primitives/hex.hpp>
#include <primitives/scale.hpp>
#include <tests/support/shared_material.hpp>

namespace redoubt::scale {
namespace {

using nlohmann::json;
using tests::VectorCount;

// Types -------------------------------------------------------------------------------------------------

struct Parsed {
    enum class Kind { kNamed, kTuple, kArray, kEnum, kStruct };
    struct Member;
    Kind kind = Kind::kNamed;
    std::string name;               // of a named type
    std::vector<Parsed> arguments;  // of a named type, or the members of a tuple, or an array's element
    std::size_t length = 0;         // of an array
    std::vector<Member> members;    // of a struct or an enum
};
struct Parsed::Member {
    std::uint8_t index = 0;
    std::string name;
    std::vector<Parsed> fields;
};

class TypeParser {
  public:
    explicit TypeParser(std::string_view text) : rest_(text) {}

    Parsed parse_all() {
        auto out = parse();
        EXPECT_TRUE(rest_.empty()) << "type text is not understood at: " << rest_;
        return out;
    }

  private:
    Parsed parse() {
        if (take('(')) {
            return {.kind = Parsed::Kind::kTuple, .name = "", .arguments = parse_list(')'), .members = {}};
        }
        if (take('[')) {
            Parsed out{.kind = Parsed::Kind::kArray, .name = "", .arguments = {parse()}, .members = {}};
            EXPECT_TRUE(take(';'));
            out.length = std::stoul(word());
            EXPECT_TRUE(take(']'));
            return out;
        }
        Parsed out{.name = word(), .arguments = {}, .members = {}};
        if (out.name == "enum" || out.name == "struct") {
            out.kind = out.name == "enum" ? Parsed::Kind::kEnum : Parsed::Kind::kStruct;
            EXPECT_TRUE(take('{'));
            while (!take('}') && !rest_.empty()) {
                out.members.push_back(out.kind == Parsed::Kind::kEnum ? parse_variant(out.members.size())
                                                                      : parse_field());
                take(',');
            }
        } else if (take('<')) {
            out.arguments = parse_list('>');
        }
        return out;
    }

    Parsed::Member parse_variant(std::size_t position) {
        Parsed::Member out{.index = static_cast<std::uint8_t>(position), .name = word(), .fields = {}};
        if (take(':')) {
            out.index = static_cast<std::uint8_t>(std::stoul(out.name));
            out.name = word();
        }
        if (take('(')) {
            out.fields = parse_list(')');
        }
        return out;
    }

    Parsed::Member parse_field() {
        Parsed::Member out{.name = word(), .fields = {}};
        EXPECT_TRUE(take(':'));
        out.fields.push_back(parse());
        return out;
    }

    std::vector<Parsed> parse_list(char end) {
        std::vector<Parsed> out;
        while (!take(end) && !rest_.empty()) {
            out.push_back(parse());
            take(',');
        }
        return out;
    }

    std::string word() {
        std::size_t size = 0;
        while (size < rest_.size() && std::isalnum(static_cast<unsigned char>(rest_[size])) != 0) {
            ++size;
        }
        std::string out{rest_.substr(0, size)};
        rest_.remove_prefix(size);
        return out;
    }

    bool take(char expected) {
        if (rest_.empty() || rest_.front() != expected) {
            return false;
        }
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view rest_;
};

// Numbers above 128 bits --------------------------------------------------------------------------------

std::string decimal_of_le(ByteView bytes) {
    Bytes rest = to_bytes(bytes);
    std::string out;
    do {
        unsigned remainder = 0;
        for (std::size_t i = rest.size(); i > 0; --i) {
            remainder = remainder * 256 + rest[i - 1];
            rest[i - 1] = static_cast<std::uint8_t>(remainder / 10);
            remainder %= 10;
        }
        out.insert(out.begin(), static_cast<char>('0' + remainder));
    } while (!std::ranges::all_of(rest, [](auto byte) { return byte == 0; }));
    return out;
}

Bytes le_of_decimal(std::string_view digits) {
    Bytes out;
    for (const char digit : digits) {
        unsigned carry = static_cast<unsigned>(digit - '0');
        for (auto& byte : out) {
            carry += byte * 10U;
            byte = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
        if (carry > 0) {
            out.push_back(static_cast<std::uint8_t>(carry));
        }
    }
    return out;
}

// Values: numbers are decimal text, bytes are hex text, enums are {"Variant": payload} ------------------

template <class Integer>
std::string decimal(Integer value) {
    if constexpr (std::is_signed_v<Integer> || std::same_as<Integer, int128>) {
        if (value < 0) {
            return "-" + to_decimal(uint128{0} - static_cast<uint128>(static_cast<int128>(value)));
        }
    }
    return to_decimal(static_cast<uint128>(value));
}

std::string number_text(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

uint128 number(const json& value) {
    auto text = number_text(value);
    const bool negative = text.starts_with('-');
    const auto parsed = parse_decimal_u128(negative ? text.substr(1) : text);
    EXPECT_TRUE(parsed.has_value()) << text;
    return negative ? uint128{0} - parsed.value_or(0) : parsed.value_or(0);
}

std::optional<unsigned> integer_bits(std::string_view name) {
    for (const unsigned bits : {8U, 16U, 32U, 64U, 128U}) {
        if (name == "u" + std::to_string(bits) || name == "i" + std::to_string(bits)) {
            return bits;
        }
    }
    return std::nullopt;
}

bool is_byte(const Parsed& type) {
    return type.kind == Parsed::Kind::kNamed && type.name == "u8";
}

/// A value; a type of its own because nlohmann's value converts from almost anything, error codes too.
struct Decoded {
    json value;
};

Result<Decoded> decode_value(ByteCursor& in, const Parsed& type);

template <class Unsigned, class Signed>
Result<Decoded> decode_integer(ByteCursor& in, bool is_signed) {
    if (is_signed) {
        BOOST_OUTCOME_TRY(const auto value, read<Signed>(in));
        return Decoded{json(decimal(value))};
    }
    BOOST_OUTCOME_TRY(const auto value, read<Unsigned>(in));
    return Decoded{json(decimal(value))};
}

Result<Decoded> decode_integer(ByteCursor& in, const std::string& name, unsigned bits) {
    const bool is_signed = name.starts_with('i');
    switch (bits) {
        case 8:
            return decode_integer<std::uint8_t, std::int8_t>(in, is_signed);
        case 16:
            return decode_integer<std::uint16_t, std::int16_t>(in, is_signed);
        case 32:
            return decode_integer<std::uint32_t, std::int32_t>(in, is_signed);
        case 64:
            return decode_integer<std::uint64_t, std::int64_t>(in, is_signed);
        default:
            return decode_integer<uint128, int128>(in, is_signed);
    }
}

Result<Decoded> decode_compact(ByteCursor& in, const std::string& name) {
    if (const auto bits = integer_bits(name)) {
        BOOST_OUTCOME_TRY(const auto value, read_compact(in, *bits));
        return Decoded{json(decimal(value))};
    }
    const std::size_t bytes_max = name == "u256" ? 32 : 67;
    if (!in.empty() && (in.rest()[0] & 3) == 3 && (in.rest()[0] >> 2) + 4 > 16) {
        // What no type of ours can hold is refused as out of range, not misread.
        ByteCursor copy = in;
        const auto refused = read_compact(copy, 128);
        EXPECT_TRUE(!refused && refused.error() == DecodeError::kOutOfRange);
        BOOST_OUTCOME_TRY(const auto first, in.take_byte());
        const auto size = (static_cast<std::size_t>(first) >> 2) + 4;
        if (size > bytes_max) {
            return DecodeError::kOutOfRange;
        }
        BOOST_OUTCOME_TRY(const auto bytes, in.take(size));
        return Decoded{json(decimal_of_le(bytes))};
    }
    BOOST_OUTCOME_TRY(const auto value, read_compact(in, 128));
    return Decoded{json(decimal(value))};
}

Result<Decoded> decode_sequence(ByteCursor& in, const std::vector<Parsed>& element_types) {
    BOOST_OUTCOME_TRY(const auto count, read_compact_u32(in));
    json out = json::array();
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto before = in.remaining();
        json entry = json::array();
        for (const auto& type : element_types) {
            BOOST_OUTCOME_TRY(auto value, decode_value(in, type));
            entry.push_back(std::move(value.value));
        }
        out.push_back(element_types.size() == 1 ? entry[0] : entry);
        if (in.remaining() == before && count > kZeroSizedElementsMax) {
            return DecodeError::kLengthLimit;
        }
    }
    return Decoded{std::move(out)};
}

struct BitStore {
    std::size_t word_bits;
    bool lsb_first;
};

BitStore bit_store(const Parsed& type) {
    return {.word_bits = *integer_bits(type.arguments.at(0).name),
            .lsb_first = type.arguments.at(1).name == "Lsb0"};
}

/// Position of a bit in the little-endian bytes of the store words.
std::size_t bit_position(BitStore store, std::size_t bit) {
    const auto word = bit / store.word_bits * store.word_bits;
    const auto inside = bit % store.word_bits;
    return word + (store.lsb_first ? inside : store.word_bits - 1 - inside);
}

std::size_t store_bytes(BitStore store, std::size_t bits) {
    return (bits + store.word_bits - 1) / store.word_bits * store.word_bits / 8;
}

Result<Decoded> decode_bits(ByteCursor& in, BitStore store) {
    BOOST_OUTCOME_TRY(const auto bits, read_compact_u32(in));
    BOOST_OUTCOME_TRY(const auto bytes, in.take(store_bytes(store, bits)));
    std::string out;
    for (std::size_t bit = 0; bit < bits; ++bit) {
        const auto position = bit_position(store, bit);
        out.push_back(((bytes[position / 8] >> (position % 8)) & 1) != 0 ? '1' : '0');
    }
    return Decoded{json(out)};
}

Result<Decoded> decode_era(ByteCursor& in) {
    BOOST_OUTCOME_TRY(const auto value, read<std::uint16_t>(in));
    const std::uint64_t period = std::uint64_t{2} << (value % 16);
    const std::uint64_t phase =
        static_cast<std::uint64_t>(value >> 4) * std::max<std::uint64_t>(period >> 12, 1);
    if (period < 4 || phase >= period) {
        return DecodeError::kBadTag;
    }
    return Decoded{json{{"period", period}, {"phase", phase}}};
}

Result<Decoded> decode_members(ByteCursor& in, const std::vector<Parsed>& types) {
    json out = json::array();
    for (const auto& type : types) {
        BOOST_OUTCOME_TRY(auto value, decode_value(in, type));
        out.push_back(std::move(value.value));
    }
    return Decoded{std::move(out)};
}

Result<Decoded> decode_variant(ByteCursor& in, const std::vector<Parsed::Member>& variants) {
    BOOST_OUTCOME_TRY(const auto index, in.take_byte());
    for (const auto& variant : variants) {
        if (variant.index != index) {
            continue;
        }
        BOOST_OUTCOME_TRY(auto decoded, decode_members(in, variant.fields));
        const auto& fields = decoded.value;
        const json payload = fields.empty() ? json() : fields.size() == 1 ? fields[0] : fields;
        return Decoded{json{{variant.name, payload}}};
    }
    return DecodeError::kBadTag;
}

Result<Decoded> decode_named(ByteCursor& in, const Parsed& type) {
    const auto& name = type.name;
    if (const auto bits = integer_bits(name)) {
        return decode_integer(in, name, *bits);
    }
    if (name == "u256") {
        BOOST_OUTCOME_TRY(const auto bytes, read<FixedBytes<32>>(in));
        return Decoded{json(decimal_of_le(bytes.view()))};
    }
    if (name == "bool") {
        BOOST_OUTCOME_TRY(const auto value, read<bool>(in));
        return Decoded{json(value)};
    }
    if (name == "String" || name == "Text") {
        BOOST_OUTCOME_TRY(auto value, read_string(in));
        return Decoded{json(std::move(value))};
    }
    if (name == "Compact") {
        return decode_compact(in, type.arguments.at(0).name);
    }
    if (name == "Vec" && is_byte(type.arguments.at(0))) {
        BOOST_OUTCOME_TRY(const auto bytes, read_bytes(in));
        return Decoded{json(to_hex_0x(bytes))};
    }
    if (name == "Vec" || name == "BTreeSet" || name == "BTreeMap") {
        return decode_sequence(in, type.arguments);
    }
    if (name == "Option") {
        BOOST_OUTCOME_TRY(const auto some, read<bool>(in));
        return some ? decode_value(in, type.arguments.at(0)) : Result<Decoded>{Decoded{}};
    }
    if (name == "Result") {
        BOOST_OUTCOME_TRY(const auto failed, read<bool>(in));
        BOOST_OUTCOME_TRY(auto value, decode_value(in, type.arguments.at(failed ? 1 : 0)));
        return Decoded{json{{failed ? "Err" : "Ok", std::move(value.value)}}};
    }
    if (name == "BitVec") {
        return decode_bits(in, bit_store(type));
    }
    if (name == "Era") {
        return decode_era(in);
    }
    ADD_FAILURE() << "unknown type " << name;
    return DecodeError::kBadTag;
}

Result<Decoded> decode_value(ByteCursor& in, const Parsed& type) {
    switch (type.kind) {
        case Parsed::Kind::kTuple:
            return decode_members(in, type.arguments);
        case Parsed::Kind::kArray: {
            EXPECT_TRUE(is_byte(type.arguments.at(0))) << "only byte arrays are expected";
            BOOST_OUTCOME_TRY(const auto bytes, in.take(type.length));
            return Decoded{json(to_hex_0x(bytes))};
        }
        case Parsed::Kind::kEnum:
            return decode_variant(in, type.members);
        case Parsed::Kind::kStruct: {
            json out = json::object();
            for (const auto& member : type.members) {
                BOOST_OUTCOME_TRY(auto value, decode_value(in, member.fields.at(0)));
                out[member.name] = std::move(value.value);
            }
            return Decoded{std::move(out)};
        }
        case Parsed::Kind::kNamed:
            break;
    }
    return decode_named(in, type);
}

/// A vector's value in the form that decode returns.
json normal_form(const json& value, const Parsed& type) {
    if (type.kind == Parsed::Kind::kEnum) {
        if (value.is_string()) {
            return json{{value.get<std::string>(), json()}};
        }
        const auto name = value.begin().key();
        for (const auto& variant : type.members) {
            if (variant.name != name) {
                continue;
            }
            if (variant.fields.size() == 1) {
                return json{{name, normal_form(value.at(name), variant.fields[0])}};
            }
            json fields = variant.fields.empty() ? json() : json::array();
            for (std::size_t i = 0; i < variant.fields.size(); ++i) {
                fields.push_back(normal_form(value.at(name).at(i), variant.fields[i]));
            }
            return json{{name, fields}};
        }
        ADD_FAILURE() << "unknown variant " << name;
        return {};
    }
    if (type.kind == Parsed::Kind::kStruct) {
        json out = json::object();
        for (const auto& member : type.members) {
            out[member.name] = normal_form(value.at(member.name), member.fields.at(0));
        }
        return out;
    }
    if (type.kind == Parsed::Kind::kTuple) {
        json out = json::array();
        for (std::size_t i = 0; i < type.arguments.size(); ++i) {
            out.push_back(normal_form(value.at(i), type.arguments[i]));
        }
        return out;
    }
    if (type.name == "Option") {
        return value.is_null() ? json() : normal_form(value, type.arguments.at(0));
    }
    if (type.name == "Result") {
        const bool failed = value.contains("Err");
        const char* name = failed ? "Err" : "Ok";
        return json{{name, normal_form(value.at(name), type.arguments.at(failed ? 1 : 0))}};
    }
    if (value.is_array()) {
        json out = json::array();
        for (const auto& element : value) {
            out.push_back(normal_form(element, type.arguments.at(0)));
        }
        return out;
    }
    if (type.name == "Era") {
        return json{{"period", value.at("mortal").at("period")}, {"phase", value.at("mortal").at("phase")}};
    }
    return value.is_number() ? json(number_text(value)) : value;
}

// Encoding takes values in the normal form --------------------------------------------------------------

void encode_value(Bytes& out, const json& value, const Parsed& type);

void encode_number(Bytes& out, uint128 value, unsigned bits) {
    Bytes wide;
    encode_scale(wide, value);
    append(out, ByteView{wide}.first(bits / 8));
}

void encode_compact(Bytes& out, const std::string& digits) {
    const auto bytes = le_of_decimal(digits);
    if (bytes.size() <= 16) {
        append_compact(out, number(digits));
        return;
    }
    out.push_back(static_cast<std::uint8_t>(((bytes.size() - 4) << 2) | 3));
    append(out, bytes);
}

void encode_bits(Bytes& out, const std::string& bits, BitStore store) {
    append_compact(out, bits.size());
    Bytes words(store_bytes(store, bits.size()));
    for (std::size_t bit = 0; bit < bits.size(); ++bit) {
        const auto position = bit_position(store, bit);
        const unsigned value = bits[bit] == '1' ? 1 : 0;
        words[position / 8] = static_cast<std::uint8_t>(words[position / 8] | (value << (position % 8)));
    }
    append(out, words);
}

void encode_era(Bytes& out, const json& era) {
    const auto period = era.at("period").get<std::uint64_t>();
    const auto quantum = std::max<std::uint64_t>(period >> 12, 1);
    std::uint64_t zeros = 0;
    while (((period >> zeros) & 1) == 0) {
        ++zeros;
    }
    encode_scale(
        out, static_cast<std::uint16_t>((zeros - 1) | (era.at("phase").get<std::uint64_t>() / quantum << 4)));
}

void encode_named(Bytes& out, const json& value, const Parsed& type) {
    const auto& name = type.name;
    if (const auto bits = integer_bits(name)) {
        encode_number(out, number(value), *bits);
    } else if (name == "u256") {
        auto bytes = le_of_decimal(value.get<std::string>());
        bytes.resize(32);
        append(out, bytes);
    } else if (name == "bool") {
        encode_scale(out, value.get<bool>());
    } else if (name == "String" || name == "Text") {
        encode_scale(out, value.get<std::string>());
    } else if (name == "Compact") {
        encode_compact(out, value.get<std::string>());
    } else if (name == "Vec" && is_byte(type.arguments.at(0))) {
        encode_scale(out, parse_hex(value.get<std::string>()).value());
    } else if (name == "Vec" || name == "BTreeSet") {
        append_compact(out, value.size());
        for (const auto& element : value) {
            encode_value(out, element, type.arguments.at(0));
        }
    } else if (name == "Option") {
        encode_scale(out, !value.is_null());
        if (!value.is_null()) {
            encode_value(out, value, type.arguments.at(0));
        }
    } else if (name == "Result") {
        const bool failed = value.contains("Err");
        encode_scale(out, failed);
        encode_value(out, value.at(failed ? "Err" : "Ok"), type.arguments.at(failed ? 1 : 0));
    } else if (name == "BitVec") {
        encode_bits(out, value.get<std::string>(), bit_store(type));
    } else if (name == "Era") {
        encode_era(out, value);
    } else {
        ADD_FAILURE() << "unknown type " << name;
    }
}

void encode_value(Bytes& out, const json& value, const Parsed& type) {
    switch (type.kind) {
        case Parsed::Kind::kTuple:
            for (std::size_t i = 0; i < type.arguments.size(); ++i) {
                encode_value(out, value.at(i), type.arguments[i]);
            }
            return;
        case Parsed::Kind::kArray:
            append(out, parse_hex(value.get<std::string>()).value());
            return;
        case Parsed::Kind::kEnum:
            for (const auto& variant : type.members) {
                if (value.contains(variant.name)) {
                    out.push_back(variant.index);
                    const auto& payload = value.at(variant.name);
                    for (std::size_t i = 0; i < variant.fields.size(); ++i) {
                        encode_value(out, variant.fields.size() == 1 ? payload : payload.at(i),
                                     variant.fields[i]);
                    }
                }
            }
            return;
        case Parsed::Kind::kStruct:
            for (const auto& member : type.members) {
                encode_value(out, value.at(member.name), member.fields.at(0));
            }
            return;
        case Parsed::Kind::kNamed:
            encode_named(out, value, type);
            return;
    }
}

// The same types as C++ has them --------------------------------------------------------------------------

struct Nothing {
    static constexpr auto kScaleFields = std::tuple{};
};
struct Pair {
    std::uint8_t first = 0;
    std::uint32_t second = 0;
    static constexpr auto kScaleFields = std::tuple{&Pair::first, &Pair::second};
};
/// An enum of two units has the encoding of a bool.
struct Record {
    std::uint32_t a = 0;
    Compact<std::uint64_t> b;
    Bytes c;
    std::optional<bool> d;
    static constexpr auto kScaleFields = std::tuple{&Record::a, &Record::b, &Record::c, &Record::d};
};

/// Decodes and encodes again; nullopt when the bytes are refused.
template <class T>
std::optional<Bytes> round_trip(ByteView input) {
    const auto value = scale::decode<T>(input);
    return value ? std::optional{scale::encode(value.value())} : std::nullopt;
}

using RoundTrip = std::optional<Bytes> (*)(ByteView);

const std::map<std::string, RoundTrip>& static_types() {
    using Text = std::string;
    static const std::map<std::string, RoundTrip> types{
        {"Compact<u32>", round_trip<Compact<std::uint32_t>>},
        {"Compact<u64>", round_trip<Compact<std::uint64_t>>},
        {"Compact<u128>", round_trip<Compact<uint128>>},
        {"u8", round_trip<std::uint8_t>},
        {"u16", round_trip<std::uint16_t>},
        {"u32", round_trip<std::uint32_t>},
        {"u64", round_trip<std::uint64_t>},
        {"u128", round_trip<uint128>},
        {"u256", round_trip<FixedBytes<32>>},
        {"i8", round_trip<std::int8_t>},
        {"i16", round_trip<std::int16_t>},
        {"i32", round_trip<std::int32_t>},
        {"i64", round_trip<std::int64_t>},
        {"i128", round_trip<int128>},
        {"bool", round_trip<bool>},
        {"String", round_trip<Text>},
        {"Vec<u8>", round_trip<Bytes>},
        {"Vec<u16>", round_trip<std::vector<std::uint16_t>>},
        {"Vec<u64>", round_trip<std::vector<std::uint64_t>>},
        {"Vec<Vec<u8>>", round_trip<std::vector<Bytes>>},
        {"Vec<Vec<Vec<u8>>>", round_trip<std::vector<std::vector<Bytes>>>},
        {"Vec<()>", round_trip<std::vector<Nothing>>},
        {"Vec<(u8,u32)>", round_trip<std::vector<Pair>>},
        {"Vec<Option<u8>>", round_trip<std::vector<std::optional<std::uint8_t>>>},
        {"[u8;4]", round_trip<FixedBytes<4>>},
        {"Option<u8>", round_trip<std::optional<std::uint8_t>>},
        {"Option<u32>", round_trip<std::optional<std::uint32_t>>},
        {"Option<Option<u8>>", round_trip<std::optional<std::optional<std::uint8_t>>>},
        {"(u8,u16,u32)", round_trip<std::tuple<std::uint8_t, std::uint16_t, std::uint32_t>>},
        {"(Compact<u32>,bool)", round_trip<std::pair<Compact<std::uint32_t>, bool>>},
        {"Result<u8,Text>", round_trip<std::variant<std::uint8_t, Text>>},
        {"BTreeMap<u8,u8>", round_trip<std::map<std::uint8_t, std::uint8_t>>},
        {"enum{0:Unit,1:Num(u16)}", round_trip<std::variant<Nothing, std::uint16_t>>},
        {"enum{0:Unit,1:Num(u16),2:Tup(u8,u32),3:Rec(struct{a:u32,b:Compact<u64>,c:Vec<u8>,d:Option<enum{F,T}"
         ">})}",
         round_trip<std::variant<Nothing, std::uint16_t, Pair, Record>>},
    };
    return types;
}

bool era_is_consistent(const json& era) {
    const auto current = era.at("current").get<std::uint64_t>();
    std::uint64_t period = 4;
    while (period < era.at("requestedPeriod").get<std::uint64_t>() && period < 65'536) {
        period *= 2;
    }
    const auto quantum = std::max<std::uint64_t>(period >> 12, 1);
    const auto phase = current % period / quantum * quantum;
    const auto birth = (std::max(current, phase) - phase) / period * period + phase;
    return era.at("period") == period && era.at("phase") == phase && era.at("birth") == birth &&
           era.at("death") == birth + period;
}

void check_value(VectorCount& count, const json& c, const std::string& name) {
    const auto type_text = c.at("type").get<std::string>();
    const auto type = TypeParser{type_text}.parse_all();
    const auto bytes = parse_hex(c.at("hex").get<std::string>()).value();
    const auto expected = normal_form(c.at("value"), type);

    ByteCursor in{bytes};
    const auto decoded = decode_value(in, type);
    Bytes encoded;
    encode_value(encoded, expected, type);
    const bool era_passed = type_text != "Era" || era_is_consistent(c.at("value").at("mortal"));
    count.record(c.at("kind").get<std::string>(), name,
                 decoded.has_value() && in.empty() && decoded.value().value == expected && encoded == bytes &&
                     era_passed);

    if (const auto known = static_types().find(type_text); known != static_types().end()) {
        count.record("static types", name, known->second(bytes) == bytes);
    }
}

void check_hostile(VectorCount& count, const json& c, const std::string& name) {
    EXPECT_EQ(c.at("expected"), "reject");
    const auto type_text = c.at("type").get<std::string>();
    const auto bytes = parse_hex(c.at("hex").get<std::string>()).value();
    ByteCursor in{bytes};
    const auto decoded = decode_value(in, TypeParser{type_text}.parse_all());
    count.record("hostile", name, !decoded.has_value() || !in.empty());
    if (const auto known = static_types().find(type_text); known != static_types().end()) {
        count.record("hostile static types", name, !known->second(bytes).has_value());
    }
}

TEST(ScaleVectors, values_and_hostile_bytes) {
    REDOUBT_NEEDS_SHARED(folder, "vectors/chain/scale");
    VectorCount count{"scale"};
    for (const auto& file : tests::indexed_files(folder)) {
        const auto stem = file.stem().string();
        ASSERT_TRUE(stem == "values" || stem == "hostile") << "no check for the vector file " << file;
        std::size_t number = 0;
        for (const auto& c : tests::read_json(file)) {
            const auto name = stem + " " + std::to_string(number++) + " " + c.at("type").get<std::string>();
            stem == "values" ? check_value(count, c, name) : check_hostile(count, c, name);
        }
    }
}

}  // namespace
}  // namespace redoubt::scale
