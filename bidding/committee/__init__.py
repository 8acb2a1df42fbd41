"""Those who judge the bids: how the committee came about, who arrived, who stepped aside, who chairs, how they did."""
