-- snapshot_reader.lua - reads a snapshot, written from docs/snapshot.md alone: that the page is enough to write another
-- reader. It checks no hashes and expands nothing; everything else it refuses that the page says is refused.
--
-- usage: local columns, n_rows, about = dofile "snapshot_reader.lua" (bytes)
--
-- columns: a list of { name =, type =, digits =, label =, format =, values = { ... }, labels = { ... } or nil,
-- members = }; a null is reader.null, members are those of sets: { "a", "b", stated =, labels = },
-- an interval a table of its children's values (least, greatest, marker), a ratio and a real are numbers,
-- a decimal, a date, a timestamp and a period the whole numbers that are
-- stored, a category its level, whose label is labels[code], or null.

local null = {}

local function check(holds, ...)
  if not holds then
    error(string.format(...), 0)
  end
  return holds
end

-- Reads on in a string: numbers, names and texts.
local function cursor(bytes, first, last)
  local at = first
  local c = {}
  function c.done() return at > last end
  function c.number()
    check(at + 7 <= last, "ends too early")
    at = at + 8
    return (string.unpack("<i8", bytes, at - 8))
  end
  function c.name()
    check(at + 7 <= last, "ends too early")
    at = at + 8
    return (bytes:sub(at - 8, at - 1):gsub("\0+$", ""))
  end
  function c.text()
    local size = c.number()
    if size == -1 then return nil end
    local text = bytes:sub(at, at + size - 1)
    at = at + (size + 7) // 8 * 8
    check(at <= last + 1, "ends too early")
    return text
  end
  function c.part(size)
    at = at + size
    check(at <= last + 1, "ends too early")
    return cursor(bytes, at - size, at - 1)
  end
  return c
end

local function read_commit(bytes, at)
  local generation, finish = string.unpack("<i8i8", bytes, at + 1)
  return { generation = generation, finish = finish }
end

local function read_footer(bytes, finish)
  local magic, generation, offset, size, _, before, identity = string.unpack("<c8i8i8i8i8i8i8", bytes, finish - 63)
  if magic ~= "\x89DKSfoot" or identity ~= string.unpack("<i8", bytes, 17) then
    return nil
  end
  check(offset + (size + 63) // 64 * 64 + 64 == finish, "a footer is not where it says")
  return { generation = generation, offset = offset, size = size, before = before }
end

-- The footers of all segments, the first one's first.
local function find_footers(bytes)
  check(bytes:sub(1, 8) == "\x89DKS\r\n\x1a\n", "no snapshot")
  check(string.unpack("<i8", bytes, 9) == 1, "another version")
  local even, odd = read_commit(bytes, 64), read_commit(bytes, 96)
  local commit = even.generation > odd.generation and even or odd
  check(#bytes >= commit.finish, "cut off")
  local footer
  if #bytes > commit.finish and #bytes % 64 == 0 then
    footer = read_footer(bytes, #bytes)
    if footer and (footer.generation ~= commit.generation + 1 or footer.before ~= commit.finish) then
      footer = nil
    end
  end
  footer = footer or check(read_footer(bytes, commit.finish), "no footer")
  local chain = { footer }
  while footer.before > 0 do
    footer = check(read_footer(bytes, footer.before), "no footer")
    table.insert(chain, 1, footer)
  end
  for i, each in ipairs(chain) do
    check(each.generation == i, "a generation is missing")
  end
  return chain
end

local formats = { i8 = "<i1", i16 = "<i2", i32 = "<i4", i64 = "<i8", u8 = "<I1", u16 = "<I2", u32 = "<I4", f64 = "<d" }

local function bit(words, i) return words:byte(i // 8 + 1) >> (i % 8) & 1 == 1 end

-- Appends the rows of a chunk to values; levels: what codes mean.
local function read_chunk(bytes, c, values, levels)
  local storage, rows, _, flags = c.name(), c.number(), c.number(), c.number()
  local least, greatest = c.number(), c.number()
  local parts = {}
  for _ = 1, c.number() do
    local part, encoding, offset, size = c.name(), c.name(), c.number(), c.number()
    check(part == "values" or part == "valid" or part == "bytes" or part == "ends", "the part %s is not known", part)
    check(encoding == "raw", "the encoding %s is not known", encoding)
    check(offset % 64 == 0, "a block begins at %d", offset)
    check(c.number() == size, "a raw block has two sizes")
    c.number() -- the hash
    parts[part] = bytes:sub(offset + 1, offset + size)
  end
  local function value(i)
    if parts.valid and not bit(parts.valid, i) then
      return null
    elseif storage == "bits" then
      return bit(parts.values, i)
    elseif storage == "ratio" then
      local numerator, denominator = string.unpack("<i8i8", parts.values, i * 16 + 1)
      return numerator / denominator
    elseif storage == "text" then
      local from, to = string.unpack("<I4I4", parts.values, i * 4 + 1)
      return (parts.bytes or ""):sub(from + 1, to)
    end
    local width = tonumber(storage:match "^u([124])$")
    local format = width or check(formats[storage], "the storage %s is not known", storage)
    local number
    if width then
      number = parts.values:byte(i * width // 8 + 1) >> i * width % 8 & (1 << width) - 1
    else
      number = string.unpack(format, parts.values, i * string.packsize(format) + 1)
    end
    if levels then
      return number == 0 and null or check(levels[number], "code %d has no level", number)
    end
    check(flags & 2 == 0 or least <= number and number <= greatest, "%s is out of bounds", number)
    return number
  end
  local run, run_end = 0, parts.ends and string.unpack("<I4", parts.ends)
  for i = 0, rows - 1 do
    if i == run_end then
      run = run + 1
      run_end = string.unpack("<I4", parts.ends, run * 4 + 1)
      check(run_end > i, "a run goes backwards")
    end
    values[#values + 1] = value(flags & 1 == 1 and 0 or parts.ends and run or i)
  end
  check(not parts.ends or run_end == rows and #parts.ends == run * 4 + 4, "the runs do not cover the rows")
end

local types = {}
for name in ("boolean integer decimal real ratio date timestamp category text period interval"):gmatch "%a+" do
  types[name] = true
end

-- Columns with their children: least, greatest and marker of an interval, numerator and denominator of a ratio.
local function put_together(columns)
  local own = {}
  for _, column in ipairs(columns) do
    if not column.is_child then
      own[#own + 1] = column
    else
      own[#own].children = own[#own].children or {}
      own[#own].children[column.name] = column
    end
  end
  for _, column in ipairs(own) do
    if column.type == "interval" then
      local least, greatest, marker = column.children.least, column.children.greatest, column.children.marker
      for i = 1, #least.values do
        column.values[i] = { least = least.values[i], greatest = greatest.values[i], marker = marker.values[i] }
      end
    end
  end
  return own
end

local function read_column(bytes, c, columns, number)
  local name, type, digits, dimension, flags = c.text(), c.text(), c.number(), c.number(), c.number()
  check(types[type], "the type %s is not known", type)
  local column = columns[number] or { name = name, values = {}, levels = {} }
  check(column.name == name, "the columns are not those of the segment before")
  columns[number] = column
  column.type, column.digits, column.dimension = type, digits, dimension
  column.is_margin, column.is_declared, column.is_child = flags & 1 == 1, flags & 2 == 2, flags & 4 == 4
  column.label, column.format = c.text(), c.text()
  column.labels, column.members = nil, nil
  check(c.number() == #column.levels, "levels are missing")
  for _ = 1, c.number() do
    read_chunk(bytes, c, column.levels, nil)
  end
  for _ = 1, c.number() do
    read_chunk(bytes, c, column.values, type == "category" and column.levels or nil)
  end
  column.nulls = type == "interval" and (column.nulls or 0) + c.number() or nil
end

local function read_labels(c, column)
  check(column and column.type == "category" and not column.labels, "labels without a column")
  check(c.number() == #column.levels, "labels that are not as many as the levels")
  column.labels = {}
  for code = 1, #column.levels do
    column.labels[code] = c.text() or null
  end
end

local function read_members(c, column)
  check(column and column.type == "category" and not column.members, "members without a column")
  local flags, n = c.number(), c.number()
  column.members = { stated = flags & 1 == 1, labels = {} }
  for code = 1, n do
    column.members[code] = check(c.text(), "a member without a text")
    column.members.labels[code] = c.text() or null
  end
end

local function read_snapshot(bytes)
  local columns, n_rows, about = {}, 0, nil
  for _, footer in ipairs(find_footers(bytes)) do
    local directory = cursor(bytes, footer.offset + 1, footer.offset + footer.size)
    local number = 0
    about = { properties = {}, notes = {} }
    while not directory.done() do
      local name, flags = directory.name(), directory.number()
      local c = directory.part(directory.number())
      if name == "table" then
        n_rows = n_rows + c.number()
      elseif name == "property" then
        local key = c.text()
        about.properties[key] = (about.properties[key] and about.properties[key] .. "," or "") .. c.text()
      elseif name == "labels" then
        read_labels(c, columns[number])
      elseif name == "members" then
        read_members(c, columns[number])
      elseif name == "note" then
        table.insert(about.notes, c.text())
      elseif name == "column" then
        number = number + 1
        read_column(bytes, c, columns, number)
        local expected = columns[number].type == "interval" and 0 or n_rows
        check(#columns[number].values == expected, "a column is not as long as the table")
      else
        check(flags & 1 == 1, "the record %s is not known", name)
      end
    end
  end
  return put_together(columns), n_rows, about
end

return { read = read_snapshot, null = null }
