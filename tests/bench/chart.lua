-- chart.lua - bars on a logarithmic scale, as an SVG file.

local chart = {}

local ROW, LABEL, WIDTH, MARGIN = 22, 190, 560, 16

local function escape(text) return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" })) end

-- groups: { { name, { { label, seconds }, ... } }, ... }; the first bar of a group is ours.
function chart.write(path, title, groups)
  local least, most = math.huge, 0
  local rows = 0
  for _, group in ipairs(groups) do
    rows = rows + #group[2] + 2
    for _, bar in ipairs(group[2]) do
      least, most = math.min(least, bar[2]), math.max(most, bar[2])
    end
  end
  local from, to = math.floor(math.log(least, 10)), math.ceil(math.log(most, 10))
  local function x(seconds) return LABEL + (math.log(seconds, 10) - from) / math.max(1, to - from) * WIDTH end
  local height = MARGIN * 2 + ROW * (rows + 2)
  local out = {
    ('<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">')
      :format(LABEL + WIDTH + 110, height),
    '<rect width="100%" height="100%" fill="white"/>',
    ('<text x="%d" y="%d" font-size="16">%s</text>'):format(MARGIN, MARGIN + 10, escape(title)),
  }
  local y = MARGIN + ROW * 2
  for power = from, to do
    local at = x(10.0 ^ power)
    out[#out + 1] = ('<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/>'):format(at, y, at, height - ROW - 4)
    out[#out + 1] = ('<text x="%.1f" y="%d" text-anchor="middle" fill="#555">%g</text>'):format(at, height - MARGIN / 2,
      10.0 ^ power)
  end
  for _, group in ipairs(groups) do
    out[#out + 1] = ('<text x="%d" y="%d" font-weight="bold">%s</text>'):format(MARGIN, y + 6, escape(group[1]))
    y = y + ROW
    for i, bar in ipairs(group[2]) do
      local right = x(bar[2])
      out[#out + 1] = ('<text x="%d" y="%d" text-anchor="end">%s</text>'):format(LABEL - 8, y + 6, escape(bar[1]))
      out[#out + 1] = ('<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>'):format(LABEL, y - 8,
        math.max(1, right - LABEL), ROW - 6, i == 1 and "#1f5fa8" or "#9db4cc")
      out[#out + 1] = ('<text x="%.1f" y="%d">%.3f</text>'):format(math.max(right, LABEL) + 6, y + 6, bar[2])
      y = y + ROW
    end
    y = y + ROW // 2
  end
  out[#out + 1] = "</svg>\n"
  local file = assert(io.open(path, "w"))
  file:write(table.concat(out, "\n"))
  file:close()
  print("chart: " .. path)
end

return chart
