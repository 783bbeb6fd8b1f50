-- explain_joined.lua
return {}
