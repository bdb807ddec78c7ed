#include <substrate/errors.hpp>

namespace redoubt::substrate {

std::string_view error_domain(MetadataError) {
    return "metadata";
}

std::string_view error_message(MetadataError error) {
    switch (error) {
        case MetadataError::kTooLarge:
            return "metadata is longer than allowed";
        case MetadataError::kBadMagic:
            return "these bytes are no runtime metadata";
        case MetadataError::kUnsupportedVersion:
            return "metadata version is not 14, 15 or 16";
        case MetadataError::kTooManyTypes:
            return "metadata describes more types than allowed";
        case MetadataError::kTypeIdsNotConsecutive:
            return "metadata type ids are not consecutive";
        case MetadataError::kUnknownType:
            return "metadata refers to a type that it does not describe";
        case MetadataError::kBadType:
            return "metadata describes a type that cannot be used so";
        case MetadataError::kDuplicatePallet:
            return "metadata names two pallets alike";
        case MetadataError::kTooMuchMemory:
            return "metadata would take more memory than its length allows";
        case MetadataError::kNoRuntimeVersion:
            return "metadata holds no readable System.Version";
        case MetadataError::kNeedsNewerVersion:
            return "the metadata digest needs metadata version 15 or 16";
    }
    return "unknown metadata error";
}

std::string_view error_domain(LookupError) {
    return "metadata lookup";
}

std::string_view error_message(LookupError error) {
    switch (error) {
        case LookupError::kNoSuchPallet:
            return "the chain has no such pallet";
        case LookupError::kNoSuchCall:
            return "the pallet has no such call";
        case LookupError::kNoSuchEvent:
            return "the pallet has no such event";
        case LookupError::kNoSuchStorageItem:
            return "the pallet has no such storage item";
        case LookupError::kNoSuchConstant:
            return "the pallet has no such constant";
        case LookupError::kWrongKeyParts:
            return "the storage item takes another number of key parts";
        case LookupError::kNotReversible:
            return "the storage item hashes its key so that it cannot be read back";
        case LookupError::kForeignKey:
            return "the storage key does not belong to the item";
    }
    return "unknown metadata lookup error";
}

std::string_view error_domain(ValueError) {
    return "dynamic value";
}

std::string_view error_message(ValueError error) {
    switch (error) {
        case ValueError::kUnknownType:
            return "no such type in the registry";
        case ValueError::kKindMismatch:
            return "the value is of another kind than its type";
        case ValueError::kOutOfRange:
            return "the integer does not fit its type";
        case ValueError::kMissingField:
            return "a field has no value";
        case ValueError::kUnknownField:
            return "the type has no field of that name";
        case ValueError::kUnknownVariant:
            return "the type has no such variant";
        case ValueError::kWrongLength:
            return "the number of elements differs from the type";
        case ValueError::kDepthLimit:
            return "the value is nested deeper than allowed";
        case ValueError::kMemoryLimit:
            return "the value would take more memory or work than its length allows";
        case ValueError::kUnencodableType:
            return "nothing can be encoded with this type";
    }
    return "unknown dynamic value error";
}

std::string_view error_domain(ExtrinsicError) {
    return "extrinsic";
}

std::string_view error_message(ExtrinsicError error) {
    switch (error) {
        case ExtrinsicError::kTooLarge:
            return "the extrinsic is longer than allowed";
        case ExtrinsicError::kUnsupportedVersion:
            return "the extrinsic is of an unsupported format version";
        case ExtrinsicError::kUnknownExtension:
            return "the chain demands a transaction extension that is not known";
        case ExtrinsicError::kUnsupportedAddress:
            return "the chain has no 32-byte account addresses";
        case ExtrinsicError::kUnsupportedSignature:
            return "the chain does not take signatures of this scheme";
        case ExtrinsicError::kBadEra:
            return "the mortal era is malformed";
    }
    return "unknown extrinsic error";
}

std::string_view error_domain(HeaderError) {
    return "header";
}

std::string_view error_message(HeaderError error) {
    switch (error) {
        case HeaderError::kTooLarge:
            return "the header is longer than allowed";
        case HeaderError::kTooManyItems:
            return "the header has more digest items than allowed";
        case HeaderError::kMissingSeal:
            return "the header does not end with a seal";
        case HeaderError::kDuplicateSeal:
            return "the header has more than one seal";
        case HeaderError::kMissingPreDigest:
            return "the header has no pre-runtime item of the engine";
        case HeaderError::kDuplicatePreDigest:
            return "the header has more than one pre-runtime item of the engine";
        case HeaderError::kBadPreDigest:
            return "the pre-runtime item is malformed";
        case HeaderError::kBadConsensusLog:
            return "a consensus item is malformed or repeated";
        case HeaderError::kUnknownAuthority:
            return "the authority index is outside the set";
        case HeaderError::kClaimNotAllowed:
            return "the epoch does not allow claims of this kind";
        case HeaderError::kWrongAuthor:
            return "the slot belongs to another author";
        case HeaderError::kBadSeal:
            return "the seal is not a signature of the author";
        case HeaderError::kBadVrf:
            return "the VRF proof does not verify";
        case HeaderError::kAboveThreshold:
            return "the VRF value is not below the threshold";
    }
    return "unknown header error";
}

}  // namespace redoubt::substrate
