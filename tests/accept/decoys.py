"""stub"""
def with_decoys(folder, layout):
    return None
