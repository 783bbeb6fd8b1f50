-- explain_row.lua
return {}
