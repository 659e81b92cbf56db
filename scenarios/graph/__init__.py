"""A network as a graph of operations: declared once; forward, backward, one step and the checks follow for any composition.

    graph = Graph()
    X, W = graph.give("X", …), graph.give("W", …, learns=True)      yellow tables
    Z = graph.put("Z", MatMul(), X, W)                               computed ones
    graph.put("L", HalfSquared(), Z, Y)                              the last node is the loss, a scalar
    whole = network_page(page, graph)                                forward, backward and one step on one page
    deeper_pages(book, whole, "W")                                   first cells written out; W changed a little, up and down

Double entry. An operation states its value as one NumPy line, and its cells in index notation: forward, and for every input
what comes back to it. No NumPy line of a derivative is written: the slopes' values are what autograd, a library of other
people, makes of the forward lines, so every backward formula is held against a rule that nobody here wrote. A tape of our
own would be no second opinion: the same hand would write its rules and the formulas, and be wrong in both alike.

What neither sees is a slip in the wiring (K·Qᵀ for Q·Kᵀ is differentiated just as faithfully). So every example that is a
graph has a module `oracle` with its article's loss in plain NumPy, which shares nothing with the graph; a test compares.
"""
