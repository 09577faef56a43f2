#include "checkpoint/tensor_pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "checkpoint/byte_reader.h"
#include "checkpoint/file_error.h"
#include "checkpoint/printable.h"

namespace acestep::checkpoint {
namespace {

constexpr std::size_t max_pickle_bytes = 1 << 16;  // one tensor takes less than 200

enum Instruction : std::uint8_t {
    mark = '(',
    stop = '.',
    persistent_id = 'Q',
    reduce = 'R',
    text_32 = 'X',
    global = 'c',
    empty_tuple = ')',
    tuple = 't',
    integer_32 = 'J',
    integer_8 = 'K',
    integer_16 = 'M',
    memo_put_8 = 'q',
    memo_put_32 = 'r',
    memo_get_8 = 'h',
    memo_get_32 = 'j',
    protocol = 0x80,
    tuple_1 = 0x85,
    tuple_2 = 0x86,
    tuple_3 = 0x87,
    constant_true = 0x88,
    constant_false = 0x89,
    integer_long = 0x8a,
};

constexpr std::array<std::pair<std::string_view, DataType>, 4> storage_types = {{
    {"torch FloatStorage", DataType::f32},
    {"torch HalfStorage", DataType::f16},
    {"torch BFloat16Storage", DataType::bf16},
    {"torch DoubleStorage", DataType::f64},
}};

// Values live in one list and refer to each other by index, so that a pickle which puts a tuple
// into a tuple again and again stays as small in memory as it is in the file.
using Index = std::size_t;
struct Mark {};
struct Dictionary {};
struct Global {
    std::string name;  // module and name, with a space between
};
struct Tuple {
    std::vector<Index> items;
};
struct Storage {
    DataType type;
    std::string key;
    std::int64_t elements;
};
using Value = std::variant<Mark, Dictionary, bool, std::int64_t, std::string, Global, Tuple,
                           Storage, PickledTensor>;

class Machine {
public:
    Machine(std::span<const std::byte> bytes, const std::string& file)
        : reader_(bytes, file), file_(file) {}

    PickledTensor run() {
        for (auto code = reader_.read<std::uint8_t>(); code != stop;
             code = reader_.read<std::uint8_t>())
            step(code);
        if (const auto* tensor = std::get_if<PickledTensor>(&values_[pop()])) return *tensor;
        unsupported("it holds something else than one tensor");
    }

private:
    void step(std::uint8_t code) {
        switch (code) {
            case protocol: reader_.take(1); break;
            case mark: push(Mark{}); break;
            case text_32:
                push(std::string(reader_.take_text(reader_.read<std::uint32_t>())));
                break;
            case global: push(read_global()); break;
            case integer_8: push(std::int64_t{reader_.read<std::uint8_t>()}); break;
            case integer_16: push(std::int64_t{reader_.read<std::uint16_t>()}); break;
            case integer_32: push(std::int64_t{reader_.read<std::int32_t>()}); break;
            case integer_long: push(read_long()); break;
            case constant_true: push(true); break;
            case constant_false: push(false); break;
            case empty_tuple: push(Tuple{}); break;
            case tuple_1: push(pop_tuple(1)); break;
            case tuple_2: push(pop_tuple(2)); break;
            case tuple_3: push(pop_tuple(3)); break;
            case tuple: push(pop_marked_tuple()); break;
            case memo_put_8: memo_[reader_.read<std::uint8_t>()] = top(); break;
            case memo_put_32: memo_[reader_.read<std::uint32_t>()] = top(); break;
            case memo_get_8: push_memo(reader_.read<std::uint8_t>()); break;
            case memo_get_32: push_memo(reader_.read<std::uint32_t>()); break;
            case persistent_id: push(storage(pop())); break;
            case reduce: call(); break;
            default:
                unsupported(
                    fmt::format("its pickle uses the instruction {:#04x}, which saving "
                                "one tensor does not",
                                code));
        }
    }

    void push(Value value) {
        stack_.push_back(values_.size());
        values_.push_back(std::move(value));
    }

    Index top() const {
        if (stack_.empty()) corrupt("its pickle takes a value where there is none");
        return stack_.back();
    }

    Index pop() {
        const Index index = top();
        stack_.pop_back();
        return index;
    }

    void push_memo(std::uint32_t key) {
        const auto found = memo_.find(key);
        if (found == memo_.end()) corrupt("its pickle recalls a value that it never kept");
        stack_.push_back(found->second);
    }

    Tuple pop_tuple(std::size_t count) {
        Tuple result;
        for (std::size_t taken = 0; taken < count; ++taken) result.items.push_back(pop());
        std::reverse(result.items.begin(), result.items.end());
        return result;
    }

    Tuple pop_marked_tuple() {
        Tuple result;
        for (Index index = pop(); !std::holds_alternative<Mark>(values_[index]); index = pop())
            result.items.push_back(index);
        std::reverse(result.items.begin(), result.items.end());
        return result;
    }

    Global read_global() {
        const std::string_view module = read_line();
        const std::string_view name = read_line();
        return Global{fmt::format("{} {}", module, name)};
    }

    std::string_view read_line() {
        const std::string_view rest = ByteReader(reader_).take_text(reader_.remaining());
        const std::size_t length = rest.find('\n');
        if (length == std::string_view::npos) corrupt("its pickle ends within a name");
        return reader_.take_text(length + 1).substr(0, length);
    }

    // Little-endian two's complement of any length; sizes of files fit into eight bytes.
    std::int64_t read_long() {
        const auto bytes = reader_.take(reader_.read<std::uint8_t>());
        if (bytes.size() > sizeof(std::int64_t)) corrupt("its pickle has a number beyond 64 bits");
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            value |= std::uint64_t{std::to_integer<std::uint8_t>(bytes[i])} << (8 * i);
        const bool negative = !bytes.empty() && (bytes.back() & std::byte{0x80}) != std::byte{0};
        if (negative && bytes.size() < sizeof value)
            value |= ~std::uint64_t{0} << (8 * bytes.size());
        return static_cast<std::int64_t>(value);
    }

    // ("storage", class, key, device, elements)
    Storage storage(Index index) const {
        const auto& items = get<Tuple>(index, "a storage").items;
        if (items.size() != 5 || get<std::string>(items[0], "a storage") != "storage")
            corrupt("its pickle describes a storage in an unknown way");
        const std::string& type_name = get<Global>(items[1], "a storage's type").name;
        for (const auto& [known, type] : storage_types) {
            if (type_name == known) {
                return Storage{type, get<std::string>(items[2], "a storage's key"),
                               get<std::int64_t>(items[4], "a storage's size")};
            }
        }
        unsupported(fmt::format("its values are a {}", printable(type_name)));
    }

    void call() {
        const Tuple arguments = get<Tuple>(pop(), "arguments");
        const std::string function = get<Global>(pop(), "a function").name;
        if (function == "collections OrderedDict" && arguments.items.empty())
            push(Dictionary{});  // the tensor's backward hooks: none
        else if (function == "torch._utils _rebuild_tensor_v2")
            push(tensor(arguments.items));
        else
            unsupported(fmt::format("its pickle calls {}", printable(function)));
    }

    // (storage, offset, size, strides, requires_grad, hooks), in newer versions with metadata
    PickledTensor tensor(const std::vector<Index>& arguments) const {
        if (arguments.size() < 6) corrupt("its pickle describes a tensor in an unknown way");
        const auto& storage = get<Storage>(arguments[0], "a tensor's storage");
        return PickledTensor{.type = storage.type,
                             .storage_key = storage.key,
                             .storage_elements = storage.elements,
                             .offset = get<std::int64_t>(arguments[1], "a tensor's offset"),
                             .shape = integers(arguments[2], "a tensor's size"),
                             .strides = integers(arguments[3], "a tensor's strides")};
    }

    std::vector<std::int64_t> integers(Index index, const char* what) const {
        std::vector<std::int64_t> result;
        for (const Index item : get<Tuple>(index, what).items)
            result.push_back(get<std::int64_t>(item, what));
        return result;
    }

    template <typename Kind>
    const Kind& get(Index index, const char* what) const {
        if (const auto* value = std::get_if<Kind>(&values_[index])) return *value;
        corrupt(fmt::format("its pickle has something else where {} should be", what));
    }

    [[noreturn]] void corrupt(const std::string& problem) const { fail_corrupt(file_, problem); }
    [[noreturn]] void unsupported(const std::string& problem) const {
        fail_unsupported(file_, problem, "It has to be one float tensor, as torch.save writes it.");
    }

    ByteReader reader_;
    const std::string& file_;
    std::vector<Value> values_;
    std::vector<Index> stack_;
    std::map<std::uint32_t, Index> memo_;
};

}  // namespace

PickledTensor read_tensor_pickle(std::span<const std::byte> bytes, const std::string& file) {
    if (bytes.size() > max_pickle_bytes) {
        fail_corrupt(file, fmt::format("its pickle has {} bytes, and the most for one tensor is {}",
                                       bytes.size(), max_pickle_bytes));
    }
    return Machine(bytes, file).run();
}

}  // namespace acestep::checkpoint
